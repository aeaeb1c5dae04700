"""The behavior of customers: answers, time since the last touch, and loyalty by source."""
