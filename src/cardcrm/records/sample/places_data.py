"""The pins of the contacts of Petal & Stem: the towns around Leeds, and a place in each of them.

The pins are invented, as the contacts are: they lie around the middle of the town.
"""

# Latitude and longitude of the middle of each town, in degrees.
TOWNS = {
    "Leeds": (53.7997, -1.5492),
    "Bradford": (53.7944, -1.7519),
    "Harrogate": (53.9919, -1.5378),
    "Horsforth": (53.8353, -1.6406),
    "Ilkley": (53.9248, -1.8236),
    "Otley": (53.9056, -1.6917),
    "Pudsey": (53.7969, -1.6633),
    "Skipton": (53.9625, -2.0163),
    "Wetherby": (53.9276, -1.3864),
    "York": (53.9590, -1.0815),
}
_SPREAD = 0.004  # degrees between two of the pins of a town: some 400 m


def find_pin(town: str, number: int) -> tuple[str, str]:
    """Return the latitude and longitude of the contact with a number; "" in an unknown town."""
    if town not in TOWNS:
        return "", ""
    latitude, longitude = TOWNS[town]
    north, east = number % 7 - 3, number // 7 % 7 - 3
    return f"{latitude + north * _SPREAD:.5f}", f"{longitude + east * _SPREAD:.5f}"
