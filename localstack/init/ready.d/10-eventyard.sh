#!/bin/sh
# Run by LocalStack in Docker when it is ready: deploys what `sam build` has built, where it has.
set -eu

built=/opt/eventyard/.aws-sam/build/template.yaml
if [ ! -f "$built" ]; then
    echo "Eventyard: nothing is deployed, because nothing is built. To have it deployed when LocalStack starts:"
    echo "  sam build --template infra/template.yaml"
    exit 0
fi
bucket=eventyard-artifacts
packaged=/tmp/eventyard-packaged.yaml
awslocal s3 mb "s3://$bucket"
awslocal cloudformation package --template-file "$built" --s3-bucket "$bucket" --output-template-file "$packaged"
awslocal cloudformation deploy --stack-name eventyard --template-file "$packaged" --no-fail-on-empty-changeset \
    --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND
