package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"hash/crc32"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

func (p *provider) ValidateDataSourceConfig(_ context.Context, r *tfprotov5.ValidateDataSourceConfigRequest) (*tfprotov5.ValidateDataSourceConfigResponse, error) {
	schema := p.data[r.TypeName]
	value, err := r.Config.Unmarshal(schema.ValueType())
	if err != nil {
		return nil, err
	}
	found := readOnly(schema.Block, value, tftypes.NewAttributePath())
	return &tfprotov5.ValidateDataSourceConfigResponse{Diagnostics: found}, nil
}

func (p *provider) ReadDataSource(_ context.Context, r *tfprotov5.ReadDataSourceRequest) (*tfprotov5.ReadDataSourceResponse, error) {
	schema := p.data[r.TypeName]
	typ := schema.ValueType()
	config, err := r.Config.Unmarshal(typ)
	if err != nil {
		return nil, err
	}
	all := membersOf(withUnknowns(schema.Block, config))
	put := func(name, value string) {
		if has, ok := all[name]; ok && !has.IsKnown() && has.Type().Is(tftypes.String) {
			all[name] = text(value)
		}
	}
	putAll := func(name string, values ...string) {
		if has, ok := all[name]; ok && !has.IsKnown() {
			items := []tftypes.Value{}
			for _, value := range values {
				items = append(items, text(value))
			}
			all[name] = tftypes.NewValue(has.Type(), items)
		}
	}
	region := p.region
	if own := textOf(all["region"]); own != "" {
		region = own
	}
	partition, suffix := p.partition()
	put("region", region)
	switch r.TypeName {
	case "aws_caller_identity":
		put("account_id", p.account)
		put("arn", "arn:"+partition+":iam::"+p.account+":user/stand-in")
		put("user_id", "AIDASTANDIN")
		put("id", p.account)
	case "aws_region":
		put("name", region)
		put("id", region)
		put("endpoint", "ec2."+region+"."+suffix)
		put("description", "stand-in")
	case "aws_partition":
		put("partition", partition)
		put("id", partition)
		put("dns_suffix", suffix)
		put("reverse_dns_prefix", "com.amazonaws")
	case "aws_availability_zones":
		putAll("names", region+"a", region+"b", region+"c")
		putAll("zone_ids", region+"-az1", region+"-az2", region+"-az3")
		put("id", region)
	case "aws_secretsmanager_random_password":
		put("random_password", randomPassword()) // another one at each read, as the real one
		put("id", region)
	case "aws_iam_policy_document":
		pretty, minified, err := policyDocument(all)
		if err != nil {
			return &tfprotov5.ReadDataSourceResponse{Diagnostics: failure("%s", err)}, nil
		}
		all["json"], all["minified_json"] = text(pretty), text(minified)
		put("id", fmt.Sprint(crc32.ChecksumIEEE([]byte(pretty))))
		put("version", "2012-10-17")
	}
	settled := p.settle("data."+r.TypeName, schema.Block, tftypes.NewValue(typ, all), r.TypeName)
	return &tfprotov5.ReadDataSourceResponse{State: dynamic(typ, settled)}, nil
}

func randomPassword() string {
	bytes := make([]byte, 14)
	if _, err := rand.Read(bytes); err != nil {
		panic(err)
	}
	return "Aa1!" + hex.EncodeToString(bytes)
}
