"""How records travel: three ways out (pull, push, bundle), one way in (intake). What comes in is verified first."""
