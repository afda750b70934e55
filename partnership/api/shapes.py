"""Small shapes that several resources take or show."""

from rest_framework import serializers


class ReasonSerializer(serializers.Serializer):
    """Why it is done; the reason stands in the trail."""

    because = serializers.CharField(max_length=500)


class ProgressSerializer(serializers.Serializer):
    """How far a job is."""

    done = serializers.IntegerField()
    total = serializers.IntegerField(help_text="0 while the amount is unknown.")
    message = serializers.CharField()
