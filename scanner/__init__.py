"""crossrole: audit, watch and control cross-account RAM roles on ApsaraMQ for RocketMQ."""
