output "dashboards_url" {
  description = "URL of OpenSearch Dashboards."
  value       = module.siem.dashboards_url
}

output "deployment" {
  description = "What `siem --deployment FILE` needs."
  value       = module.siem.deployment
}

output "load_balancer_access_logs" {
  description = "For the block access_logs of load balancers in the member account."
  value       = module.member_load_balancers.access_logs
}

output "next_steps" {
  description = "What is left to do by hand."
  value       = module.siem.next_steps
}
