"""The pure heart: what a signal, a reading, an alert and a delivery are, and how they change."""
