"""What all tests share: properties are judged by what they say, not by the speed of the machine."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
