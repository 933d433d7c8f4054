"""What people do at the door and with accounts (账号办理)."""
