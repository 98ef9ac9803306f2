"""What Unspin claims, measured: accuracy floors (gate), speed (speed), and what each design choice costs."""
