"""The demonstration: invented people, customers and sixty tickets, told as data and played through the domain."""
