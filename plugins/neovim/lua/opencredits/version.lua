--- The version of this adapter; it goes with the core of the same version.
return "0.1.0"
