output "arn" {
  description = "ARN of the function."
  value       = aws_lambda_function.this.arn
}

output "content" {
  description = "Changes whenever the function's code or settings do."
  value       = sha256(jsonencode([aws_lambda_function.this.source_code_hash, var.environment]))
}

output "environment" {
  description = "Environment variables of the function."
  value       = aws_lambda_function.this.environment[0].variables
}

output "name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "role_arn" {
  description = "ARN of the function's role."
  value       = aws_iam_role.this.arn
}
