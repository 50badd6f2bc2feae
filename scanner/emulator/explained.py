"""Why the local cloud raises an error code that the vendor's API description does not list.

The descriptions of RAM, RocketMQ and Ons list next to no codes; the vendor's pages and older
references name more, and the rest follows their pattern. A reason that ends in "inferred" names what
no document shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_GATEWAY: Final[Mapping[str, str]] = {
    "IncompleteSignature": "the gateway refuses a signature header that is cut or does not cover what must be signed",
    "InternalError": "the gateway's answer to a fault of the service; here a scripted fault",
    "InvalidAccessKeyId.Inactive": "the gateway refuses a disabled AccessKey",
    "InvalidAccessKeyId.NotFound": "the gateway refuses an AccessKey it does not know",
    "InvalidAction.NotFound": "the gateway's answer to an operation that the service does not have",
    "InvalidParameter.ContentType": "STS lists it; here the gateway refuses a body that is not JSON with it, which is inferred",
    "InvalidSecurityToken.Expired": "the gateway refuses a token after its time; that it says so after the role was deleted is inferred",
    "InvalidSecurityToken.Malformed": "the gateway refuses a token it did not issue",
    "InvalidSecurityToken.MismatchWithAccessKey": "the gateway refuses a token sent with another temporary key",
    "InvalidTimeStamp.Expired": "the gateway refuses a date too far off; that 15 minutes are too far is inferred",
    "InvalidTimeStamp.Format": "the gateway refuses a date that is not ISO 8601 in UTC",
    "MissingAccessKeyId": "the gateway refuses an unsigned call of an operation that needs a signature",
    "MissingParameter": "the gateway refuses a call without a parameter that the operation requires",
    "MissingSecurityToken": "the gateway refuses a temporary key without its token",
    "NoPermission": "RAM's refusal of an unauthorized call, in every service",
    "NoSuchVersion": "the gateway's answer to an API version that it does not have",
    "ServiceUnavailable": "the vendor's pages name it as one to retry; here a scripted fault",
    "SignatureDoesNotMatch": "the gateway refuses a wrong signature",
    "SignatureNonceUsed": "the gateway refuses a replayed call",
    "Throttling.User": "the gateway's flow control, per account and operation",
    "UnsupportedHTTPMethod": "the gateway refuses a method that the operation does not have; its status 405 is inferred",
}

_STS: Final[Mapping[str, str]] = {
    "EntityNotExist.OIDCProvider": "a sign-in names a provider that is not there; by the pattern of EntityNotExist.Role, inferred",
    "EntityNotExist.SAMLProvider": "a sign-in names a provider that is not there; by the pattern of EntityNotExist.Role, inferred",
}

_OLDER_REFERENCE: Final = (
    "RAM's own list of error codes has it, and the present description lists no codes for this operation"
)
_PATTERN: Final = "by the pattern of RAM's other codes of this kind, inferred"
_RAM_OLDER: Final = (
    "DeleteConflict.Group.Policy",
    "DeleteConflict.Group.User",
    "DeleteConflict.User.AccessKey",
    "DeleteConflict.User.Group",
    "DeleteConflict.User.Policy",
    "EntityAlreadyExists.Group",
    "EntityAlreadyExists.Group.Policy",
    "EntityAlreadyExists.User",
    "EntityAlreadyExists.User.Group",
    "EntityAlreadyExists.User.Policy",
    "EntityNotExist.Group",
    "EntityNotExist.Group.Policy",
    "EntityNotExist.Policy",
    "EntityNotExist.Role",
    "EntityNotExist.Role.Policy",
    "EntityNotExist.User",
    "EntityNotExist.User.AccessKey",
    "EntityNotExist.User.Group",
    "EntityNotExist.User.Policy",
    "InvalidParameter.Comments.Length",
    "InvalidParameter.Description.Length",
    "InvalidParameter.DisplayName.Length",
    "InvalidParameter.Email.Format",
    "InvalidParameter.GroupName.InvalidChars",
    "InvalidParameter.GroupName.Length",
    "InvalidParameter.MobilePhone.Format",
    "InvalidParameter.NewAssumeRolePolicyDocument.Length",
    "InvalidParameter.NewComments.Length",
    "InvalidParameter.NewDisplayName.Length",
    "InvalidParameter.NewEmail.Format",
    "InvalidParameter.NewGroupName.InvalidChars",
    "InvalidParameter.NewGroupName.Length",
    "InvalidParameter.NewMobilePhone.Format",
    "InvalidParameter.NewUserName.InvalidChars",
    "InvalidParameter.NewUserName.Length",
    "InvalidParameter.PolicyName.InvalidChars",
    "InvalidParameter.PolicyName.Length",
    "InvalidParameter.PolicyType",
    "InvalidParameter.RoleName.InvalidChars",
    "InvalidParameter.RoleName.Length",
    "InvalidParameter.UserName.InvalidChars",
    "InvalidParameter.UserName.Length",
    "LimitExceeded.Group",
    "LimitExceeded.Group.Policy",
    "LimitExceeded.Role.Policy",
    "LimitExceeded.User",
    "LimitExceeded.User.AccessKey",
    "LimitExceeded.User.Group",
    "LimitExceeded.User.Policy",
    "MalformedPolicyDocument",
)
_RAM_PATTERN: Final = (
    "DeleteConflict.Policy.Role",
    "EntityAlreadyExists.Role.Policy",
    "InvalidParameter.All",
    "InvalidParameter.AllowConsoleLogin",
    "InvalidParameter.CascadingDelete",
    "InvalidParameter.Marker",
    "InvalidParameter.MaxItems",
    "InvalidParameter.MaxSessionDuration",
    "InvalidParameter.NewAllowConsoleLogin",
    "InvalidParameter.NewDescription.Length",
    "InvalidParameter.NewMaxSessionDuration",
    "InvalidParameter.NextToken",
    "InvalidParameter.PageSize",
    "InvalidParameter.PrincipalType",
    "InvalidParameter.ResourceNames",
    "InvalidParameter.ResourceType",
    "InvalidParameter.RotateStrategy",
    "InvalidParameter.SetAsDefault",
    "InvalidParameter.Status",
    "InvalidParameter.Tag",
)

_BROKER_PAGES: Final = "the vendor's pages about the service name it, and its description lists no codes"
_BROKER_PATTERN: Final = "by the pattern of the service's other codes, inferred"
_BROKER_KNOWN: Final = (
    "ConsumerGroup.NotFound",
    "INSTANCE_NOT_EMPTY",
    "INSTANCE_NOT_FOUND",
    "Instance.NotFound",
    "InstanceAccount.NotExisted",
    "InstanceAcl.NotExisted",
    "InstanceIpOrCidr.NotExisted",
    "InvalidConsumerGroupId",
    "Topic.NotFound",
)
_BROKER_INFERRED: Final = (
    "BIZ_FIELD_CHECK_INVALID",
    "BIZ_SUBSCRIPTION_EXISTED",
    "BIZ_SUBSCRIPTION_NOT_FOUND",
    "BIZ_TOPIC_EXISTED",
    "BIZ_TOPIC_NOT_FOUND",
    "ConsumerGroup.Existed",
    "InstanceAccount.Existed",
    "InstanceAcl.Existed",
    "InvalidAccountStatus",
    "InvalidAclTypes",
    "InvalidActions",
    "InvalidDecision",
    "InvalidDefaultVpcAuthFree",
    "InvalidDeliveryOrderType",
    "InvalidInstanceName",
    "InvalidIpWhitelist",
    "InvalidIpWhitelists",
    "InvalidMessageType",
    "InvalidNetworkInfo",
    "InvalidPassword",
    "InvalidRemark",
    "InvalidResourceName",
    "InvalidResourceType",
    "InvalidRetryPolicy",
    "InvalidSeriesCode",
    "InvalidSubSeriesCode",
    "InvalidTags",
    "InvalidTopicName",
    "InvalidUsername",
    "Topic.Existed",
)

EXPLAINED_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        **_GATEWAY,
        **_STS,
        **dict.fromkeys(_RAM_OLDER, _OLDER_REFERENCE),
        **dict.fromkeys(_RAM_PATTERN, _PATTERN),
        **dict.fromkeys(_BROKER_KNOWN, _BROKER_PAGES),
        **dict.fromkeys(_BROKER_INFERRED, _BROKER_PATTERN),
    }
)
"""Code -> why it is raised although the vendor's description of the operation does not list it."""
