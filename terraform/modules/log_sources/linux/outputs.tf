output "agent_parameter" {
  description = "SSM parameter that `amazon-cloudwatch-agent-ctl -a fetch-config -c ssm:NAME` takes."
  value       = aws_ssm_parameter.agent.name
}
