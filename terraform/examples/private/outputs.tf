output "dashboards_url" {
  description = "URL of OpenSearch Dashboards."
  value       = module.siem.dashboards_url
}

output "deployment" {
  description = "What `siem --deployment FILE` needs."
  value       = module.siem.deployment
}

output "next_steps" {
  description = "What is left to do by hand."
  value       = module.siem.next_steps
}
