from rest_framework import serializers

from feedback.models import Rating


class RatingRow(serializers.ModelSerializer[Rating]):
    ticket = serializers.CharField(source="ticket.number", read_only=True)
    customer = serializers.IntegerField(source="customer_id", read_only=True)
    contact = serializers.IntegerField(source="contact_id", read_only=True, allow_null=True)

    class Meta:
        model = Rating
        fields = ("id", "ticket", "customer", "contact", "round", "stars", "comment", "created_at")
        read_only_fields = fields
