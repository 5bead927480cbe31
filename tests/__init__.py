"""The tests: they mirror alerter/, with contracts/ for what every kind of a thing must do."""
