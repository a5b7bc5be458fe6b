// Stand-in for the AWS provider of Terraform, for tests without a network.
//
// It serves the provider's schema (schema.json.gz, made by build_schema.py) and no AWS API at all:
// plan marks computed attributes as unknown, apply fills them with plausible values, and data
// sources that only compute are computed.
package main

import (
	"log"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5/tf5server"
)

func main() {
	p, err := newProvider()
	if err != nil {
		log.Fatal(err)
	}
	err = tf5server.Serve(p.address, func() tfprotov5.ProviderServer { return p })
	if err != nil {
		log.Fatal(err)
	}
}
