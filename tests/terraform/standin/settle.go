package main

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// A resource is named by the first of these that it has.
var nameAttributes = []string{"name", "bucket", "function_name", "alarm_name", "domain_name", "statement_id"}

// settle fills what AWS would: names, ids, ARNs, then zeros. The same content gives the same values;
// where a resource has a name, its name alone decides.
func (p *provider) settle(typ string, block *tfprotov5.SchemaBlock, value tftypes.Value, content string) tftypes.Value {
	all := membersOf(value)
	seed := content
	for _, name := range nameAttributes {
		if named := textOf(all[name]); named != "" && names[typ].arn != "" {
			seed = named
			break
		}
	}
	filler := p.filler(typ, all, p.digits(typ, p.account, p.region, seed))
	naming := names[typ]
	for _, name := range nameAttributes {
		prefix := textOf(all[name+"_prefix"])
		if prefix == "" {
			prefix = "terraform-"
		}
		filler.set(name, prefix+"{hex17}")
	}
	for _, name := range []string{"path", "group_name"} { // the ARN is made of them
		if other, ok := naming.others[name]; ok {
			filler.set(name, other)
		}
	}
	if naming.id != "" {
		filler.set("id", naming.id)
	} else {
		filler.set("id", genericID(typ, all))
	}
	if naming.arn != "" {
		filler.set("arn", naming.arn)
	} else {
		service, kind, _ := strings.Cut(strings.TrimPrefix(typ, "aws_"), "_")
		filler.set("arn", in(service)+strings.ReplaceAll(kind, "_", "-")+"/{id}")
	}
	for name, other := range naming.others {
		filler.set(name, other)
	}
	filler.set("owner_id", "{account}")
	filler.set("account_id", "{account}")
	return withZeros(block, tftypes.NewValue(value.Type(), all))
}

func genericID(typ string, all members) string {
	for _, name := range []string{"name", "bucket", "function_name", "queue_url", "rule"} {
		if id := textOf(all[name]); id != "" {
			return id
		}
	}
	return strings.ReplaceAll(strings.TrimPrefix(typ, "aws_"), "_", "-") + "-{hex17}"
}

// filler fills unknown texts from templates.
type filler struct {
	all    members
	fixed  map[string]string
	naming naming
}

func (p *provider) filler(typ string, all members, digits string) filler {
	partition, suffix := p.partition()
	region := p.region
	if own := textOf(all["region"]); own != "" {
		region = own
	}
	access := "search"
	if len(itemsOf(all["vpc_options"])) > 0 {
		access = "vpc"
	}
	uuid := digits[:8] + "-" + digits[8:12] + "-4" + digits[13:16] + "-8" + digits[17:20] + "-" + digits[20:32]
	return filler{all, map[string]string{
		"partition": partition, "suffix": suffix, "region": region, "account": p.account, "access": access,
		"hex8": digits[:8], "hex17": digits[8:25], "uuid": uuid,
	}, names[typ]}
}

func (f filler) set(name, template string) {
	value, ok := f.all[name]
	if ok && !value.IsKnown() && value.Type().Is(tftypes.String) {
		f.all[name] = text(f.expand(template))
	}
}

func (f filler) expand(template string) string {
	for range 3 { // a template may name one that names another
		var made strings.Builder
		rest := template
		for {
			before, after, found := strings.Cut(rest, "{")
			name, behind, closed := strings.Cut(after, "}")
			made.WriteString(before)
			if !found {
				break
			}
			if !closed || name == "" { // an empty JSON object
				made.WriteString("{" + after)
				break
			}
			made.WriteString(f.value(name))
			rest = behind
		}
		template = made.String()
	}
	return template
}

func (f filler) value(name string) string {
	if own := textOf(f.all[name]); own != "" {
		return own
	}
	if fixed, ok := f.fixed[name]; ok {
		return fixed
	}
	if other, ok := f.naming.others[name]; ok {
		return other
	}
	switch name {
	case "arn":
		return f.naming.arn
	case "id":
		return f.naming.id
	}
	return name + "-" + f.fixed["hex8"]
}
