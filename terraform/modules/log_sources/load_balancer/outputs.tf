output "access_logs" {
  description = "For a block: bucket = ..., enabled = ... of this value."
  value = {
    bucket  = var.log_bucket
    enabled = true
  }
}
