"""The operations. Each is behind `Bearer(power)`, asks the bridge, and answers with a shape; see `service.operation`."""
