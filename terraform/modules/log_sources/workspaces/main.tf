# Logins to WorkSpaces, as they happen, and the inventory of WorkSpaces every day.
# https://docs.aws.amazon.com/workspaces/latest/adminguide/cloudwatch-events.html

module "events" {
  source = "../events"

  folder     = "WorkSpaces/Event"
  log_bucket = var.log_bucket
  name       = "${var.prefix}-workspaces"

  event_patterns = {
    access = jsonencode({
      source      = ["aws.workspaces"]
      detail-type = ["WorkSpaces Access"]
    })
  }
}

module "inventory" {
  source = "../log_puller"

  actions      = ["workspaces:DescribeWorkspaces", "workspaces:DescribeWorkspacesConnectionStatus"]
  architecture = var.architecture
  folder       = "WorkSpaces/Inventory"
  log_bucket   = var.log_bucket
  name         = "${var.prefix}-log-puller-workspaces"
  schedule     = "rate(1 day)"
  source_name  = "workspaces"
}
