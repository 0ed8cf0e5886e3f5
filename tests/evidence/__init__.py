"""Evidence files and fork proofs, before both verifiers: that of the program and the stand-alone one."""
