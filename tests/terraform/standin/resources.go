package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Attributes that hold a JSON document, in any resource.
var jsonAttributes = map[string]bool{
	"policy": true, "assume_role_policy": true, "access_policies": true, "redrive_policy": true,
	"redrive_allow_policy": true, "event_pattern": true, "filter_policy": true, "dashboard_body": true,
	"delivery_destination_policy": true, "policy_document": true, "input": true,
}

func (p *provider) ValidateResourceTypeConfig(_ context.Context, r *tfprotov5.ValidateResourceTypeConfigRequest) (*tfprotov5.ValidateResourceTypeConfigResponse, error) {
	schema := p.resources[r.TypeName]
	value, err := r.Config.Unmarshal(schema.ValueType())
	if err != nil {
		return nil, err
	}
	found := readOnly(schema.Block, value, tftypes.NewAttributePath())
	for name, each := range membersOf(value) {
		if document := textOf(each); jsonAttributes[name] && document != "" && !json.Valid([]byte(document)) {
			found = append(found, &tfprotov5.Diagnostic{
				Severity:  tfprotov5.DiagnosticSeverityError,
				Summary:   fmt.Sprintf("%q contains an invalid JSON document", name),
				Attribute: tftypes.NewAttributePath().WithAttributeName(name),
			})
		}
	}
	return &tfprotov5.ValidateResourceTypeConfigResponse{Diagnostics: found}, nil
}

// readOnly refuses values for attributes that only the provider can set; Terraform leaves that to it.
func readOnly(block *tfprotov5.SchemaBlock, value tftypes.Value, at *tftypes.AttributePath) []*tfprotov5.Diagnostic {
	var found []*tfprotov5.Diagnostic
	all := membersOf(value)
	for _, each := range block.Attributes {
		set, ok := all[each.Name]
		if ok && each.Computed && !each.Optional && !each.Required && !(set.IsKnown() && set.IsNull()) {
			found = append(found, &tfprotov5.Diagnostic{
				Severity:  tfprotov5.DiagnosticSeverityError,
				Summary:   "Value for unconfigurable attribute",
				Detail:    fmt.Sprintf("Can't configure a value for %q: its value will be decided automatically.", each.Name),
				Attribute: at.WithAttributeName(each.Name),
			})
		}
	}
	for _, nested := range block.BlockTypes {
		value, at := all[nested.TypeName], at.WithAttributeName(nested.TypeName)
		switch nested.Nesting {
		case tfprotov5.SchemaNestedBlockNestingModeList:
			for i, item := range itemsOf(value) {
				found = append(found, readOnly(nested.Block, item, at.WithElementKeyInt(i))...)
			}
		case tfprotov5.SchemaNestedBlockNestingModeSet:
			for _, item := range itemsOf(value) {
				found = append(found, readOnly(nested.Block, item, at)...)
			}
		case tfprotov5.SchemaNestedBlockNestingModeSingle:
			found = append(found, readOnly(nested.Block, value, at)...)
		}
	}
	return found
}

func (p *provider) UpgradeResourceState(_ context.Context, r *tfprotov5.UpgradeResourceStateRequest) (*tfprotov5.UpgradeResourceStateResponse, error) {
	typ := p.resources[r.TypeName].ValueType()
	lenient := tfprotov5.UnmarshalOpts{ValueFromJSONOpts: tftypes.ValueFromJSONOpts{IgnoreUndefinedAttributes: true}}
	value, err := r.RawState.UnmarshalWithOpts(typ, lenient)
	if err != nil {
		return &tfprotov5.UpgradeResourceStateResponse{Diagnostics: failure("state of %s: %s", r.TypeName, err)}, nil
	}
	return &tfprotov5.UpgradeResourceStateResponse{UpgradedState: dynamic(typ, value)}, nil
}

func (p *provider) ReadResource(_ context.Context, r *tfprotov5.ReadResourceRequest) (*tfprotov5.ReadResourceResponse, error) {
	return &tfprotov5.ReadResourceResponse{NewState: r.CurrentState, Private: r.Private}, nil
}

func (p *provider) PlanResourceChange(_ context.Context, r *tfprotov5.PlanResourceChangeRequest) (*tfprotov5.PlanResourceChangeResponse, error) {
	schema := p.resources[r.TypeName]
	typ := schema.ValueType()
	proposed, err := r.ProposedNewState.Unmarshal(typ)
	if err != nil {
		return nil, err
	}
	answer := &tfprotov5.PlanResourceChangeResponse{
		PlannedState: r.ProposedNewState, PlannedPrivate: r.PriorPrivate, UnsafeToUseLegacyTypeSystem: true,
	}
	if proposed.IsNull() { // it is destroyed
		return answer, nil
	}
	prior, err := r.PriorState.Unmarshal(typ)
	if err != nil {
		return nil, err
	}
	if prior.IsNull() {
		all := membersOf(proposed)
		if region, ok := all["region"]; ok && region.IsKnown() && region.IsNull() && isComputed(schema.Block, "region") {
			all["region"] = text(p.region)
		}
		proposed = withUnknowns(schema.Block, tftypes.NewValue(typ, all))
	}
	all := membersOf(proposed)
	if isComputed(schema.Block, "tags_all") {
		all["tags_all"] = p.tagsAll(all["tags"])
	}
	answer.PlannedState = dynamic(typ, tftypes.NewValue(typ, all))
	return answer, nil
}

func (p *provider) ApplyResourceChange(_ context.Context, r *tfprotov5.ApplyResourceChangeRequest) (*tfprotov5.ApplyResourceChangeResponse, error) {
	schema := p.resources[r.TypeName]
	typ := schema.ValueType()
	planned, err := r.PlannedState.Unmarshal(typ)
	if err != nil {
		return nil, err
	}
	if !planned.IsNull() {
		planned = p.settle(r.TypeName, schema.Block, planned, string(r.PlannedState.MsgPack))
	}
	return &tfprotov5.ApplyResourceChangeResponse{NewState: dynamic(typ, planned), UnsafeToUseLegacyTypeSystem: true}, nil
}

func (p *provider) ImportResourceState(_ context.Context, r *tfprotov5.ImportResourceStateRequest) (*tfprotov5.ImportResourceStateResponse, error) {
	schema := p.resources[r.TypeName]
	typ := schema.ValueType().(tftypes.Object)
	all := members{}
	for name, each := range typ.AttributeTypes {
		all[name] = tftypes.NewValue(each, nil)
	}
	for _, nested := range schema.Block.BlockTypes {
		if nested.Nesting == tfprotov5.SchemaNestedBlockNestingModeList || nested.Nesting == tfprotov5.SchemaNestedBlockNestingModeSet {
			all[nested.TypeName] = tftypes.NewValue(typ.AttributeTypes[nested.TypeName], []tftypes.Value{})
		}
	}
	all["id"] = text(r.ID)
	imported := &tfprotov5.ImportedResource{TypeName: r.TypeName, State: dynamic(typ, tftypes.NewValue(typ, all))}
	return &tfprotov5.ImportResourceStateResponse{ImportedResources: []*tfprotov5.ImportedResource{imported}}, nil
}
