output "bucket" {
  description = "Name and ARN of the bucket."
  value = {
    arn  = aws_s3_bucket.geo.arn
    name = aws_s3_bucket.geo.id
  }
}

output "name" {
  description = "Name of the function."
  value       = module.function.name
}
