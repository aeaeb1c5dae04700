"""Reports about partners: the sales that they brought, statements, scorecards and referrals."""
