# What the blocks access_logs and connection_logs of aws_lb, and access_logs of aws_elb, take. The load
# balancer has to be in the log bucket's region, and its account in log_accounts.
