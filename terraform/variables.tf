variable "admin_arns" {
  type        = list(string)
  description = "IAM roles and users that administer the domain with signed requests, beside the master user."
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.admin_arns : can(regex("^arn:aws[a-z-]*:iam::\\d{12}:(role|user)/.+$", arn))])
    error_message = "admin_arns are ARNs of IAM roles or users, such as \"arn:aws:iam::111122223333:role/security\"."
  }
}

variable "alert_email" {
  type        = string
  description = "Who is told of alarms, by e-mail; null if you subscribe to the topic yourself."

  validation {
    condition     = var.alert_email == null || can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", var.alert_email))
    error_message = "alert_email is an e-mail address such as \"security@example.com\", or null."
  }
}

variable "allowed_cidrs" {
  type        = list(string)
  description = "IPv4 networks that people reach OpenSearch Dashboards from. In a VPC they become rules of the security group."

  validation {
    condition     = alltrue([for cidr in var.allowed_cidrs : can(cidrnetmask(cidr))])
    error_message = "allowed_cidrs are IPv4 networks such as \"198.51.100.0/24\"; one address is \"198.51.100.7/32\"."
  }

  validation {
    condition     = alltrue([for cidr in var.allowed_cidrs : try(tonumber(split("/", cidr)[1]) >= 8, true)])
    error_message = "allowed_cidrs name your own networks, /8 at most: 0.0.0.0/0, or halves of it, would open the domain to everybody."
  }
}

variable "analyst_arns" {
  type        = list(string)
  description = "IAM roles and users that read logs with signed requests."
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.analyst_arns : can(regex("^arn:aws[a-z-]*:iam::\\d{12}:(role|user)/.+$", arn))])
    error_message = "analyst_arns are ARNs of IAM roles or users, such as \"arn:aws:iam::111122223333:role/analysts\"."
  }
}

variable "architecture" {
  type        = string
  description = "Processors of the Lambda functions: arm64 or x86_64 (for regions without arm64)."
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture is arm64 or x86_64."
  }
}

variable "cluster" {
  type = object({
    availability_zones = optional(number, 1)
    instance_count     = optional(number, 1)
    instance_type      = optional(string)
    iops               = optional(number)
    masters = optional(object({
      count         = optional(number, 3)
      instance_type = string
    }))
    off_peak_start_utc = optional(string, "17:00")
    settings           = optional(map(string), {})
    standby            = optional(bool, false)
    storage_gb         = optional(number, 30)
    throughput_mb      = optional(number)
    warm = optional(object({
      cold          = optional(bool, false)
      count         = optional(number, 2)
      instance_type = optional(string, "ultrawarm1.medium.search")
    }))
  })
  description = <<-EOT
    Nodes and disks of the domain. Without it: one t3.medium.search (r5.large.search in Osaka) with 30 GB, to try it out.
    storage_gb, iops and throughput_mb are per data node, gp3. masters and warm add dedicated masters and UltraWarm, warm.cold
    the cold tier; standby is Multi-AZ with Standby. off_peak_start_utc begins the 10 hours a day in which AWS may update the
    domain. settings are cluster settings, such as { "cluster.max_shards_per_node" = "1000" }.
  EOT
  default     = {}
  nullable    = false

  validation {
    condition     = contains([1, 2, 3], var.cluster.availability_zones)
    error_message = "cluster.availability_zones is 1, 2 or 3."
  }

  validation {
    condition     = var.cluster.instance_type == null || can(regex("^[a-z0-9]+\\.[a-z0-9]+\\.search$", var.cluster.instance_type))
    error_message = "cluster.instance_type looks like \"r6g.large.search\"."
  }

  validation {
    condition     = !startswith(coalesce(var.cluster.instance_type, "-"), "t2.")
    error_message = "cluster.instance_type: t2 has no encryption at rest, which the domain's users need; the smallest is t3.small.search."
  }

  validation {
    condition     = try(contains([3, 5], var.cluster.masters.count), true)
    error_message = "cluster.masters.count is 3 or 5."
  }

  validation {
    condition     = can(regex("^([01]\\d|2[0-3]):[0-5]\\d$", var.cluster.off_peak_start_utc))
    error_message = "cluster.off_peak_start_utc is a time such as \"17:00\"."
  }

  validation {
    condition     = var.cluster.storage_gb >= 10 && floor(var.cluster.storage_gb) == var.cluster.storage_gb
    error_message = "cluster.storage_gb is a whole number of at least 10."
  }
}

variable "engine_version" {
  type        = string
  description = "Version of OpenSearch. An upgrade keeps the data; a step back is not possible."
  default     = "OpenSearch_3.3"
  nullable    = false

  validation {
    condition     = can(regex("^OpenSearch_(2\\.19|3\\.\\d{1,2})$", var.engine_version))
    error_message = "engine_version is OpenSearch_2.19 or OpenSearch_3.x, such as OpenSearch_3.3."
  }
}

variable "existing_log_bucket" {
  type = object({
    key_arn = optional(string)
    name    = string
  })
  description = "A log bucket that is there already, and the key of its objects if it has one of its own; null: one is created. It is left as it is: the outputs tell what to add to its policy and notifications."
  default     = null

  validation {
    condition     = var.existing_log_bucket == null || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.existing_log_bucket.name))
    error_message = "existing_log_bucket.name is the name of a bucket, not an ARN or a URL."
  }
}

variable "extra_log_buckets" {
  type = map(object({
    account_id = optional(string)
    queue_arn  = optional(string)
    role_arn   = string
  }))
  description = <<-EOT
    Buckets of others whose logs are loaded too, by name: Control Tower, Security Lake, other accounts and regions. role_arn is
    the role there to read them with. They tell of new objects by EventBridge: those of this account and region need no more;
    for the others account_id lets that account send here (module log_sources/extra_log_bucket), or queue_arn is a queue that
    has them.
  EOT
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for each in var.extra_log_buckets : can(regex("^arn:aws[a-z-]*:iam::\\d{12}:role/.+$", each.role_arn))])
    error_message = "extra_log_buckets: role_arn is the ARN of a role, such as \"arn:aws:iam::444455556666:role/aes-siem-read-logs\"."
  }

  validation {
    condition     = alltrue([for each in var.extra_log_buckets : each.account_id == null || can(regex("^\\d{12}$", each.account_id))])
    error_message = "extra_log_buckets: account_id is a number of 12 digits, in quotes."
  }

  validation {
    condition     = alltrue([for each in var.extra_log_buckets : each.queue_arn == null || can(regex("^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\\d{12}:.+$", each.queue_arn))])
    error_message = "extra_log_buckets: queue_arn is the ARN of an SQS queue."
  }
}

variable "function_log_days" {
  type        = number
  description = "Days that the logs of the functions and of the domain itself are kept in CloudWatch."
  default     = 365
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.function_log_days)
    error_message = "function_log_days is a number that CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "geoip" {
  type = object({
    address_lists       = optional(map(string), {})
    credentials_arn     = optional(string)
    credentials_key_arn = optional(string)
    oldest_days         = optional(number, 14)
  })
  description = <<-EOT
    What addresses are enriched with. credentials_arn is the secret, or SSM parameter, with MaxMind's account id and licence key
    (credentials_key_arn: its key, if it is one of your own); without it no GeoLite2 databases are fetched. A database that is
    older than oldest_days is an alarm. address_lists are lists of bad addresses and domains, name and https URL; put more into
    the bucket, under AddressLists/ (docs/concepts/geoip.md).
  EOT
  default     = {}
  nullable    = false

  validation {
    condition     = var.geoip.credentials_arn == null || can(regex("^arn:aws[a-z-]*:(secretsmanager|ssm):[a-z0-9-]+:\\d{12}:(secret:|parameter/).+$", var.geoip.credentials_arn))
    error_message = "geoip.credentials_arn is the ARN of a secret or of an SSM parameter; the licence key itself belongs in there, not here."
  }

  validation {
    condition     = alltrue([for name, url in var.geoip.address_lists : can(regex("^[a-z][a-z0-9_]{0,39}$", name)) && startswith(url, "https://")])
    error_message = "geoip.address_lists: a name of small letters, digits and _, and an https URL."
  }
}

variable "index_retention" {
  type = map(object({
    cold   = optional(number)
    delete = optional(number)
    warm   = optional(number)
  }))
  description = <<-EOT
    Days after its last event that an index becomes warm, cold, and is deleted; by log type, "*" for all others, "ledger" for
    the books. Without it indices stay. Such as { "*" = { delete = 400 }, cloudtrail = { warm = 30, cold = 90, delete = 2555 } }.
  EOT
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for days in var.index_retention : days.cold == null || days.warm != null])
    error_message = "index_retention: an index becomes cold only from warm; give warm too."
  }

  validation {
    condition     = alltrue([for days in var.index_retention : alltrue([for one in [days.warm, days.cold, days.delete] : one == null ? true : one > 0 && floor(one) == one])])
    error_message = "index_retention: days are whole numbers above 0."
  }

  validation {
    condition = alltrue([for days in var.index_retention : alltrue([
      for pair in [[days.warm, days.cold], [days.cold, days.delete], [days.warm, days.delete]] : try(pair[0] < pair[1], true)
    ])])
    error_message = "index_retention: each step is later than the one before: warm, cold, delete."
  }
}

variable "loader_reserved_concurrency" {
  type        = number
  description = "Concurrent executions that are reserved for es_loader when it is created; null: none, for accounts whose whole limit is 10, of which Lambda lets none be reserved."
  default     = 10

  validation {
    condition     = var.loader_reserved_concurrency == null ? true : var.loader_reserved_concurrency >= 4 && floor(var.loader_reserved_concurrency) == var.loader_reserved_concurrency
    error_message = "loader_reserved_concurrency is a whole number of at least 4, 2 for each queue. Where the account's limit is 10 (new accounts) nothing can be reserved: set null, or ask for a higher limit."
  }
}

variable "log_accounts" {
  type        = set(string)
  description = "Further accounts whose services may put logs into the log bucket, each below its own prefix."
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for each in var.log_accounts : can(regex("^\\d{12}$", each))])
    error_message = "log_accounts are numbers of 12 digits such as \"444455556666\", in quotes."
  }
}

variable "log_bucket" {
  type = object({
    expire_days      = optional(number)
    glacier_days     = optional(number)
    object_lock_days = optional(number)
    s3_access_logs   = optional(bool, true)
  })
  description = <<-EOT
    The log bucket that is created. Log objects become Glacier Instant Retrieval after glacier_days and are deleted after
    expire_days; without them they stay. With object_lock_days (only at creation) nobody deletes them before; S3 then delivers
    no server access logs, so s3_access_logs has to be false.
  EOT
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for days in [var.log_bucket.expire_days, var.log_bucket.glacier_days, var.log_bucket.object_lock_days] : days == null ? true : days > 0])
    error_message = "log_bucket: days are numbers above 0."
  }

  validation {
    condition     = try(var.log_bucket.glacier_days < var.log_bucket.expire_days, true)
    error_message = "log_bucket.glacier_days comes before log_bucket.expire_days."
  }

  validation {
    condition     = try(var.log_bucket.object_lock_days <= var.log_bucket.expire_days, true)
    error_message = "log_bucket.expire_days cannot come before log_bucket.object_lock_days: until then nobody can delete an object."
  }
}

variable "manage_existing_bucket" {
  type        = bool
  description = "Whether the policy and the notifications of existing_log_bucket become those of this deployment: what it had is replaced."
  default     = false
  nullable    = false
}

variable "network" {
  type = object({
    interface_endpoints = optional(set(string))
    nat_gateway         = optional(bool, true)
    s3_endpoint         = optional(bool, true)
    subnet_ids          = optional(list(string), [])
    vpc_cidr            = optional(string, "10.0.0.0/20")
    vpc_id              = optional(string)
  })
  description = <<-EOT
    Puts the domain, and the functions that use it, into a VPC; null: the domain is public, limited to allowed_cidrs. A new one
    with vpc_cidr, or vpc_id and subnet_ids (one a zone, with a way to AWS). interface_endpoints are services with an endpoint
    of their own, in a new VPC all of those that the functions use. nat_gateway is the way to the API of OpenSearch Service,
    which configure_domain needs and which has no endpoint.
  EOT
  default     = null

  validation {
    condition     = var.network == null || try((var.network.vpc_id == null) == (length(var.network.subnet_ids) == 0), false)
    error_message = "network: give vpc_id and subnet_ids, or neither for a new VPC."
  }

  validation {
    condition     = var.network == null || can(cidrsubnet(var.network.vpc_cidr, 4, 15)) && try(tonumber(split("/", var.network.vpc_cidr)[1]) <= 24, false)
    error_message = "network.vpc_cidr is an IPv4 network of /16 to /24, such as \"10.0.0.0/20\"."
  }

  validation {
    condition     = length(setsubtract(try(coalesce(var.network.interface_endpoints, []), []), ["kms", "logs", "monitoring", "secretsmanager", "sns", "sqs", "ssm", "sts"])) == 0
    error_message = "network.interface_endpoints are some of kms, logs, monitoring, secretsmanager, sns, sqs, ssm and sts; S3 has s3_endpoint."
  }
}

variable "organization_id" {
  type        = string
  description = "Organization whose accounts may put logs into the log bucket, each below its own prefix; null: only log_accounts."
  default     = null

  validation {
    condition     = var.organization_id == null || can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "organization_id looks like \"o-exampleorg1\": o- and 10 to 32 small letters and digits."
  }
}

variable "prefix" {
  type        = string
  description = "What all names begin with; also the name of the domain. One deployment an account has it."
  default     = "aes-siem"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.prefix)) && !startswith(var.prefix, "aws")
    error_message = "prefix has 3 to 20 small letters, digits and -, begins with a letter but not with \"aws\", and ends with a letter or digit."
  }
}

variable "trusted_proxies" {
  type        = list(string)
  description = <<-EOT
    Networks of proxies whose X-Forwarded-For is believed, such as those of your load balancers. source.ip of a request that came
    through them is then the client, not the proxy (docs/concepts/forwarded.md). Empty: source.ip is who connected.
  EOT
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for each in var.trusted_proxies : can(cidrhost(each, 0))])
    error_message = "trusted_proxies are networks such as \"192.0.2.0/24\" or \"2001:db8::/32\"; one address is \"192.0.2.1/32\"."
  }

  validation {
    condition     = length(join(",", var.trusted_proxies)) <= 2048
    error_message = "trusted_proxies have at most 2,048 characters together, which is what the environment of the loader holds: join networks to larger ones."
  }
}
