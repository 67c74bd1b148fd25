"""Choices of rows whose names alone would not tell them apart."""

from django import forms

from customers.models import Asset, Contact


class AssetField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Asset) -> str:
        return " · ".join(filter(None, (obj.name, obj.product.name, obj.serial)))


class ContactField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Contact) -> str:
        return f"{obj.name} · {obj.position}" if obj.position else obj.name
