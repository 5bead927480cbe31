"""Sources: where signals come from. One file per kind, discovered; `http` is the client they share."""
