package main

// naming says how a type names itself. Braces hold an attribute of the resource, or partition,
// suffix, region, account, hex8, hex17, uuid. Without an id the generic rule of settle.go holds.
// others fills further computed attributes.
type naming struct {
	arn, id string
	others  map[string]string
}

// in is the beginning of an ARN in a service, a region and an account.
func in(service string) string { return "arn:{partition}:" + service + ":{region}:{account}:" }

const queueURL = "https://sqs.{region}.{suffix}/{account}/{name}"

var names = map[string]naming{
	"aws_cloudtrail":                          {in("cloudtrail") + "trail/{name}", "{arn}", nil},
	"aws_cloudwatch_event_bus":                {in("events") + "event-bus/{name}", "{name}", nil},
	"aws_cloudwatch_event_rule":               {in("events") + "rule/{name}", "{name}", nil},
	"aws_cloudwatch_log_delivery_destination": {in("logs") + "delivery-destination:{name}", "{name}", nil},
	"aws_cloudwatch_log_delivery_source":      {in("logs") + "delivery-source:{name}", "{name}", nil},
	"aws_cloudwatch_log_group":                {in("logs") + "log-group:{name}", "{name}", nil},
	"aws_cloudwatch_metric_alarm":             {in("cloudwatch") + "alarm:{alarm_name}", "{alarm_name}", nil},
	"aws_flow_log":                            {in("ec2") + "vpc-flow-log/{id}", "fl-{hex17}", nil},
	"aws_guardduty_detector":                  {in("guardduty") + "detector/{id}", "{hex8}{hex17}", nil},
	"aws_iam_policy":                          {"arn:{partition}:iam::{account}:policy{path}{name}", "{arn}", map[string]string{"path": "/", "policy_id": "ANPA{hex17}"}},
	"aws_iam_role":                            {"arn:{partition}:iam::{account}:role{path}{name}", "{name}", map[string]string{"path": "/", "unique_id": "AROA{hex17}"}},
	"aws_iam_role_policy":                     {"", "{role}:{name}", nil},
	"aws_kinesis_firehose_delivery_stream":    {in("firehose") + "deliverystream/{name}", "{arn}", nil},
	"aws_kms_alias":                           {in("kms") + "{name}", "{name}", nil},
	"aws_kms_key":                             {in("kms") + "key/{uuid}", "{uuid}", map[string]string{"key_id": "{uuid}"}},
	"aws_lambda_event_source_mapping":         {in("lambda") + "event-source-mapping:{uuid}", "{uuid}", map[string]string{"uuid": "{uuid}"}},
	"aws_lambda_function": {in("lambda") + "function:{function_name}", "{function_name}", map[string]string{
		"invoke_arn":    "arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations",
		"qualified_arn": "{arn}:1", "version": "1",
	}},
	"aws_lambda_invocation": {"", "{function_name}_{hex17}", map[string]string{"result": "{}"}},
	"aws_lambda_layer_version": {in("lambda") + "layer:{layer_name}:1", "{arn}", map[string]string{
		"layer_arn": in("lambda") + "layer:{layer_name}", "version": "1",
	}},
	"aws_opensearch_domain": {in("es") + "domain/{domain_name}", "{arn}", map[string]string{
		"domain_id":          "{account}/{domain_name}",
		"endpoint":           "{access}-{domain_name}-{hex17}.{region}.es.{suffix}",
		"dashboard_endpoint": "{access}-{domain_name}-{hex17}.{region}.es.{suffix}/_dashboards",
	}},
	"aws_s3_bucket": {"arn:{partition}:s3:::{bucket}", "{bucket}", map[string]string{
		"bucket_domain_name":          "{bucket}.s3.{suffix}",
		"bucket_regional_domain_name": "{bucket}.s3.{region}.{suffix}",
		"bucket_region":               "{region}",
	}},
	"aws_scheduler_schedule":     {in("scheduler") + "schedule/{group_name}/{name}", "{group_name}/{name}", map[string]string{"group_name": "default"}},
	"aws_secretsmanager_secret":  {in("secretsmanager") + "secret:{name}-{hex8}", "{arn}", nil},
	"aws_security_group":         {in("ec2") + "security-group/{id}", "sg-{hex17}", nil},
	"aws_sns_topic":              {in("sns") + "{name}", "{arn}", map[string]string{"owner": "{account}"}},
	"aws_sns_topic_subscription": {"{topic_arn}:{uuid}", "{arn}", nil},
	"aws_sqs_queue":              {in("sqs") + "{name}", queueURL, map[string]string{"url": queueURL}},
	"aws_ssm_parameter":          {in("ssm") + "parameter{name}", "{name}", nil},
	"aws_subnet":                 {in("ec2") + "subnet/{id}", "subnet-{hex17}", nil},
	"aws_vpc":                    {in("ec2") + "vpc/{id}", "vpc-{hex17}", nil},
	"aws_vpc_endpoint":           {in("ec2") + "vpc-endpoint/{id}", "vpce-{hex17}", nil},
	"aws_wafv2_web_acl":          {in("wafv2") + "regional/webacl/{name}/{id}", "{uuid}", nil},
}
