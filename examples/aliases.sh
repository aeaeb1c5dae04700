# Short names for what one types all day: source this from ~/.bashrc or ~/.zshrc.
alias c=cardcrm
alias cf='cardcrm find'
alias cs='cardcrm show'
alias due='cardcrm due'

# called jane about the quote: notes a call that went out
called() { cardcrm log "$1" --kind call --out "${@:2}"; }

# rang jane about the quote: notes a call that came in
rang() { cardcrm log "$1" --kind call --in "${@:2}"; }

# What is overdue, each time a shell starts; nothing where nothing is.
cardcrm due --days 0 2>/dev/null | head -n 12
