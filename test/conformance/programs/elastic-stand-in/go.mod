module cdk8s-monitoring-stack/test/conformance/programs/elastic-stand-in

go 1.25
