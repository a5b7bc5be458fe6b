package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

type provider struct {
	*schemas
	region, account string
	defaultTags     members

	lock sync.Mutex
	seen map[string]int
}

func newProvider() (*provider, error) {
	loaded, err := loadSchemas()
	return &provider{
		schemas: loaded,
		region:  environment("AWS_REGION", "eu-west-1"),
		account: environment("STANDIN_AWS_ACCOUNT", "111122223333"),
		seen:    map[string]int{},
	}, err
}

func environment(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

// partition returns the partition of the region, and its DNS suffix.
func (p *provider) partition() (string, string) {
	switch {
	case strings.HasPrefix(p.region, "cn-"):
		return "aws-cn", "amazonaws.com.cn"
	case strings.HasPrefix(p.region, "us-gov-"):
		return "aws-us-gov", "amazonaws.com"
	}
	return "aws", "amazonaws.com"
}

// digits gives hex digits that depend on the texts alone, and on how often this process saw them.
func (p *provider) digits(texts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(texts, "\x00")))
	key := hex.EncodeToString(sum[:])
	p.lock.Lock()
	times := p.seen[key]
	p.seen[key]++
	p.lock.Unlock()
	if times > 0 {
		sum = sha256.Sum256([]byte(fmt.Sprint(key, times)))
		key = hex.EncodeToString(sum[:])
	}
	return key
}

func (p *provider) GetMetadata(context.Context, *tfprotov5.GetMetadataRequest) (*tfprotov5.GetMetadataResponse, error) {
	answer := &tfprotov5.GetMetadataResponse{ServerCapabilities: &tfprotov5.ServerCapabilities{GetProviderSchemaOptional: true}}
	for name := range p.resources {
		answer.Resources = append(answer.Resources, tfprotov5.ResourceMetadata{TypeName: name})
	}
	for name := range p.data {
		answer.DataSources = append(answer.DataSources, tfprotov5.DataSourceMetadata{TypeName: name})
	}
	return answer, nil
}

func (p *provider) GetProviderSchema(context.Context, *tfprotov5.GetProviderSchemaRequest) (*tfprotov5.GetProviderSchemaResponse, error) {
	return &tfprotov5.GetProviderSchemaResponse{
		Provider: p.own, ResourceSchemas: p.resources, DataSourceSchemas: p.data,
		ServerCapabilities: &tfprotov5.ServerCapabilities{GetProviderSchemaOptional: true},
	}, nil
}

func (p *provider) PrepareProviderConfig(_ context.Context, r *tfprotov5.PrepareProviderConfigRequest) (*tfprotov5.PrepareProviderConfigResponse, error) {
	return &tfprotov5.PrepareProviderConfigResponse{PreparedConfig: r.Config}, nil
}

func (p *provider) ConfigureProvider(_ context.Context, r *tfprotov5.ConfigureProviderRequest) (*tfprotov5.ConfigureProviderResponse, error) {
	value, err := r.Config.Unmarshal(p.own.ValueType())
	if err != nil {
		return nil, err
	}
	config := membersOf(value)
	if region := textOf(config["region"]); region != "" {
		p.region = region
	}
	for _, block := range itemsOf(config["default_tags"]) {
		p.defaultTags = membersOf(membersOf(block)["tags"])
	}
	for _, block := range itemsOf(config["assume_role"]) { // a provider of another account
		if parts := strings.Split(textOf(membersOf(block)["role_arn"]), ":"); len(parts) > 4 {
			p.account = parts[4]
		}
	}
	return &tfprotov5.ConfigureProviderResponse{}, nil
}

func (p *provider) StopProvider(context.Context, *tfprotov5.StopProviderRequest) (*tfprotov5.StopProviderResponse, error) {
	return &tfprotov5.StopProviderResponse{}, nil
}

func (p *provider) tagsAll(tags tftypes.Value) tftypes.Value {
	typ := tftypes.Map{ElementType: tftypes.String}
	if !tags.IsKnown() {
		return tftypes.NewValue(typ, tftypes.UnknownValue)
	}
	all := members{}
	for name, value := range p.defaultTags {
		all[name] = value
	}
	for name, value := range membersOf(tags) {
		all[name] = value
	}
	return tftypes.NewValue(typ, all)
}

// What the stand-in has none of: identities, moves between types, functions, ephemeral resources.

func (p *provider) GetResourceIdentitySchemas(context.Context, *tfprotov5.GetResourceIdentitySchemasRequest) (*tfprotov5.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov5.GetResourceIdentitySchemasResponse{}, nil
}

func (p *provider) UpgradeResourceIdentity(context.Context, *tfprotov5.UpgradeResourceIdentityRequest) (*tfprotov5.UpgradeResourceIdentityResponse, error) {
	return &tfprotov5.UpgradeResourceIdentityResponse{}, nil
}

func (p *provider) MoveResourceState(context.Context, *tfprotov5.MoveResourceStateRequest) (*tfprotov5.MoveResourceStateResponse, error) {
	return &tfprotov5.MoveResourceStateResponse{Diagnostics: failure("the stand-in moves no state between types")}, nil
}

func (p *provider) GenerateResourceConfig(context.Context, *tfprotov5.GenerateResourceConfigRequest) (*tfprotov5.GenerateResourceConfigResponse, error) {
	return &tfprotov5.GenerateResourceConfigResponse{Diagnostics: failure("the stand-in generates no configuration")}, nil
}

func (p *provider) CallFunction(context.Context, *tfprotov5.CallFunctionRequest) (*tfprotov5.CallFunctionResponse, error) {
	return &tfprotov5.CallFunctionResponse{Error: &tfprotov5.FunctionError{Text: "the stand-in has no functions"}}, nil
}

func (p *provider) GetFunctions(context.Context, *tfprotov5.GetFunctionsRequest) (*tfprotov5.GetFunctionsResponse, error) {
	return &tfprotov5.GetFunctionsResponse{}, nil
}

func (p *provider) ValidateEphemeralResourceConfig(context.Context, *tfprotov5.ValidateEphemeralResourceConfigRequest) (*tfprotov5.ValidateEphemeralResourceConfigResponse, error) {
	return &tfprotov5.ValidateEphemeralResourceConfigResponse{}, nil
}

func (p *provider) OpenEphemeralResource(context.Context, *tfprotov5.OpenEphemeralResourceRequest) (*tfprotov5.OpenEphemeralResourceResponse, error) {
	return &tfprotov5.OpenEphemeralResourceResponse{Diagnostics: failure("the stand-in has no ephemeral resources")}, nil
}

func (p *provider) RenewEphemeralResource(context.Context, *tfprotov5.RenewEphemeralResourceRequest) (*tfprotov5.RenewEphemeralResourceResponse, error) {
	return &tfprotov5.RenewEphemeralResourceResponse{}, nil
}

func (p *provider) CloseEphemeralResource(context.Context, *tfprotov5.CloseEphemeralResourceRequest) (*tfprotov5.CloseEphemeralResourceResponse, error) {
	return &tfprotov5.CloseEphemeralResourceResponse{}, nil
}
