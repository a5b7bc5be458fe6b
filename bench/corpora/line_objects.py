"""The objects whose records are lines of text, XML or CEF."""

from bench.corpora import databases, edge, flow, hosts, servers, sessions, web
from bench.corpora.corpus import DAY, LOGS, Corpus, firehose
from bench.corpora.pools import ACCOUNT, REGION

CORPORA = {
    "vpc_flow": Corpus(
        key=f"{LOGS}/vpcflowlogs/{DAY}/{ACCOUNT}_vpcflowlogs_{REGION}_fl-0123456789abcdef0_20261124T2010Z_1a2b3c4d.log.gz",
        generate=flow.records,
        floor="lines",
        head=flow.HEADER + b"\n",
    ),
    "alb": Corpus(
        key=f"{LOGS}/elasticloadbalancing/{DAY}/{ACCOUNT}_elasticloadbalancing_{REGION}_app.prod-web.50dc6c495c0c9188_20261124T2005Z_192.0.2.10_20sg8hgm.log.gz",
        generate=web.alb,
        floor="lines",
    ),
    "s3_access": Corpus(
        key="s3accesslogs/prod/2026-11-24-20-05-11-ABCDEF0123456789",
        generate=web.s3_access,
        floor="lines",
        count=200_000,
    ),
    "tgw_flow": Corpus(
        key=f"transitgateway/{LOGS}/vpcflowlogs/{DAY}/{ACCOUNT}_vpcflowlogs_{REGION}_fl-0123456789abcdef0_20261124T2010Z_1a2b3c4d.log.gz",
        generate=edge.tgw_flow,
        floor="lines",
    ),
    "nlb": Corpus(
        key=f"{LOGS}/elasticloadbalancing/{DAY}/{ACCOUNT}_elasticloadbalancing_{REGION}_net.edge.50dc6c495c0c9188_20261124T2005Z_20sg8hgm.log.gz",
        generate=edge.nlb,
        floor="lines",
    ),
    "clb": Corpus(
        key=f"{LOGS}/elasticloadbalancing/{DAY}/{ACCOUNT}_elasticloadbalancing_{REGION}_my-loadbalancer_20261124T2005Z_192.0.2.10_20sg8hgm.log",
        generate=edge.clb,
        floor="lines",
    ),
    "alb_connection": Corpus(
        key=f"{LOGS}/elasticloadbalancing/{DAY}/conn_log.{ACCOUNT}_elasticloadbalancing_{REGION}_app.web.50dc6c495c0c9188_20261124T2005Z_192.0.2.10_20sg8hgm.log.gz",
        generate=edge.alb_connection,
        floor="lines",
    ),
    "route53_public": Corpus(
        key=f"{LOGS}/Route53Public/{DAY}/20/aes-siem-route53-1-2026-11-24-20-00-00-0a1b2c3d-1111-2222-3333-444455556666.gz",
        generate=edge.route53_public,
        floor="lines",
    ),
    "cloudfront_standard": Corpus(
        key=f"{LOGS}/CloudFront/EMLARXS9EXAMPLE.2026-11-24-20.a103fd5a.gz",
        generate=edge.cloudfront_standard,
        floor="lines",
        separator="\t",
        count=200_000,
        head=edge.STANDARD_HEAD,
    ),
    "cloudfront_realtime": Corpus(
        key=f"{LOGS}/CloudFront/Realtime/{firehose('aes-siem-cloudfront')}",
        generate=edge.cloudfront_realtime,
        floor="lines",
        separator="\t",
        count=200_000,
    ),
    "linux_messages": Corpus(
        key=f"{LOGS}/EC2/Linux/Messages/{DAY}/20/aes-siem-ec2-linux-messages-1-2026-11-24-20-00-00-0a1b2c3d-1111-2222-3333-444455556666.gz",
        generate=servers.linux_messages,
        floor="lines",
    ),
    "apache_access": Corpus(
        key=f"{LOGS}/EC2/Apache/Access/{DAY}/20/aes-siem-ec2-apache-access-1-2026-11-24-20-00-00-0a1b2c3d-1111-2222-3333-444455556666.gz",
        generate=servers.access,
        floor="lines",
        count=200_000,
    ),
    "apache_error": Corpus(
        key=f"{LOGS}/EC2/Apache/Error/{DAY}/20/aes-siem-ec2-apache-error-1-2026-11-24-20-00-00-0a1b2c3d-1111-2222-3333-444455556666.gz",
        generate=servers.apache_error,
        floor="lines",
    ),
    "nginx_access": Corpus(
        key=f"{LOGS}/EC2/Nginx/Access/{DAY}/20/aes-siem-ec2-nginx-access-1-2026-11-24-20-00-00-0a1b2c3d-1111-2222-3333-444455556666.gz",
        generate=servers.access,
        floor="lines",
        count=200_000,
    ),
    "nginx_error": Corpus(
        key=f"{LOGS}/EC2/Nginx/Error/{DAY}/20/aes-siem-ec2-nginx-error-1-2026-11-24-20-00-00-0a1b2c3d-1111-2222-3333-444455556666.gz",
        generate=servers.nginx_error,
        floor="lines",
    ),
    "lambda_logs": Corpus(
        key=f"{LOGS}/LambdaLogs/{firehose('aes-siem-lambda')}",
        generate=sessions.lambda_logs,
        floor="lines",
    ),
    "msk": Corpus(
        key=f"{LOGS}/KafkaBrokerLogs/{REGION}/orders-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-2/2026-11-24-20/Broker-1_20-00_1a2b3c4d.log.gz",
        generate=servers.msk,
        floor="lines",
    ),
    "cloudhsm": Corpus(
        key=f"{LOGS}/CloudHSM/{firehose('aes-siem-cloudhsm')}",
        generate=sessions.cloudhsm,
        floor="lines",
        count=50_000,
    ),
    "elasticache_redis_engine": Corpus(
        key=f"{LOGS}/ElastiCache/Redis/EngineLog/{firehose('aes-siem-elasticache-engine-log')}",
        generate=servers.redis_engine,
        floor="lines",
    ),
    "directory_service": Corpus(
        key=f"{LOGS}/DirectoryService/MicrosoftAD/{firehose('aes-siem-directory')}",
        generate=sessions.directory_service,
        floor="lines",
        count=50_000,
    ),
    "fsx_windows": Corpus(
        key=f"{LOGS}/FSx/Windows/{firehose('aws-fsx-siem')}",
        generate=sessions.fsx_windows,
        floor="lines",
        count=50_000,
    ),
    "linux_secure": Corpus(
        key=f"{LOGS}/EC2/Linux/Secure/{firehose('aes-siem-ec2-linux-secure')}",
        generate=hosts.linux_secure,
        floor="lines",
    ),
    "windows_event": Corpus(
        key=f"{LOGS}/EC2/Windows/Event/{firehose('aes-siem-ec2-windows-event')}",
        generate=hosts.windows_security,
        floor="lines",
        count=50_000,
    ),
    "deep_security": Corpus(
        key=f"{LOGS}/DeepSecurity/{firehose('siem-deepsecurity')}",
        generate=hosts.deep_security,
        floor="lines",
    ),
    "rds_mysql_audit": Corpus(
        key=f"{LOGS}/RDS/MySQL/audit/{firehose('siem-rds-mysql-audit')}",
        generate=databases.mysql_audit,
        floor="lines",
        separator=",",
    ),
    "rds_mysql_error": Corpus(
        key=f"{LOGS}/RDS/MySQL/error/{firehose('siem-rds-mysql-error')}",
        generate=databases.mysql_error,
        floor="lines",
    ),
    "rds_mysql_general": Corpus(
        key=f"{LOGS}/RDS/MySQL/general/{firehose('siem-rds-mysql-general')}",
        generate=databases.mysql_general,
        floor="lines",
    ),
    "rds_mysql_slowquery": Corpus(
        key=f"{LOGS}/RDS/MySQL/slowquery/{firehose('siem-rds-mysql-slowquery')}",
        generate=databases.mysql_slowquery,
        floor="lines",
    ),
    "rds_postgresql": Corpus(
        key=f"{LOGS}/RDS/PostgreSQL/postgresql/{firehose('siem-rds-postgresql')}",
        generate=databases.postgresql,
        floor="lines",
    ),
}
