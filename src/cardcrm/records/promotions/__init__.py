"""Promotions: codes and offers that are redeemed on sales."""
