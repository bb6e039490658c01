module cdk8s-monitoring-stack/test/conformance/programs/application

go 1.25
