import ChorusCore
import JSONWire

/// The fields that several methods have.
enum APIFields {
    /// What a topic's name may be (``TopicName``).
    private static let topicPattern = #"^[^\u0000-\u001f\u007f-\u009f]{1,255}$"#

    static let topicName = JSONSchema.string(pattern: topicPattern)

    static let channel = APIField<String>.string(
        "channel",
        pattern: topicPattern,
        "The topic: 1 to 255 bytes without control characters."
    )

    static let user = APIField<String>.string("user", "The user; empty for clients that have none.")

    static let client = APIField<String>.string("client", "Only this client of the user, by its identifier.")

    static let session = APIField<String>.string("session", "Only this session of the user, by its identifier.")

    /// Whose clients something is to be done to (``HTTPAPI/selection(_:)``).
    static let selection: [JSONSchema.Property] = [user.required, client.optional, session.optional]

    static let expireAt = APIField<Int64>.number(
        "expire_at",
        "When this need not be remembered, or ends: in seconds since 1970. 0 is never."
    )

    /// What text in base64 is (RFC 4648 section 4).
    static let base64 = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"

    static let cursor = APIField<String>.string("cursor", "`next_cursor` of the page before.")

    /// Of the lists that are given page by page.
    static let pageSize = APIField<UInt32>.number("limit", "The most in one answer.")

    static let nextCursor = JSONSchema.Property.optional(
        "next_cursor",
        .string(),
        "Leads to the next page. Missing on the last one."
    )
}
