# How functions in the VPC reach AWS: endpoints, and a NAT gateway for what has none.

resource "aws_vpc_endpoint" "s3" {
  count = local.is_new && var.s3_endpoint ? 1 : 0

  vpc_id            = local.vpc_id
  service_name      = "${local.service_prefix}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.private[0].id]

  tags = { Name = "${var.prefix}-s3" }
}

resource "aws_vpc_endpoint" "interface" {
  for_each = var.interface_endpoints

  vpc_id              = local.vpc_id
  service_name        = "${contains(local.named_otherwise, each.value) ? "cn." : ""}${local.service_prefix}.${each.value}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.this.id]
  subnet_ids          = local.subnet_ids

  tags = { Name = "${var.prefix}-${each.value}" }
}

resource "aws_internet_gateway" "this" {
  count = local.is_new && var.nat_gateway ? 1 : 0

  vpc_id = aws_vpc.this[0].id

  tags = { Name = var.prefix }
}

resource "aws_subnet" "public" {
  count = local.is_new && var.nat_gateway ? 1 : 0

  vpc_id            = aws_vpc.this[0].id
  availability_zone = local.zones[0]
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, 15)

  tags = { Name = "${var.prefix}-public" }
}

resource "aws_route_table" "public" {
  count = local.is_new && var.nat_gateway ? 1 : 0

  vpc_id = aws_vpc.this[0].id

  tags = { Name = "${var.prefix}-public" }
}

resource "aws_route_table_association" "public" {
  count = local.is_new && var.nat_gateway ? 1 : 0

  subnet_id      = aws_subnet.public[0].id
  route_table_id = aws_route_table.public[0].id
}

resource "aws_route" "public" {
  count = local.is_new && var.nat_gateway ? 1 : 0

  route_table_id         = aws_route_table.public[0].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this[0].id
}

resource "aws_eip" "nat" {
  count = local.is_new && var.nat_gateway ? 1 : 0

  domain = "vpc"

  tags = { Name = "${var.prefix}-nat" }
}

resource "aws_nat_gateway" "this" {
  count = local.is_new && var.nat_gateway ? 1 : 0

  allocation_id = aws_eip.nat[0].id
  subnet_id     = aws_subnet.public[0].id

  tags = { Name = var.prefix }

  depends_on = [aws_internet_gateway.this]
}

resource "aws_route" "private" {
  count = local.is_new && var.nat_gateway ? 1 : 0

  route_table_id         = aws_route_table.private[0].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[0].id
}
