"""What a release is made of: `make dist` and `make release` write it to dist/, and upload nothing."""
