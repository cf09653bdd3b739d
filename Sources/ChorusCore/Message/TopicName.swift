/// The name of a topic: 1 to 255 bytes of UTF-8 without control characters.
///
/// The part before the first `:` is the topic's namespace: `chat:room-7` is in `chat`, `lobby` in none.
public struct TopicName: Hashable, Sendable, CustomStringConvertible {
    /// The name as it was given.
    public let description: String

    /// Checks a name. Throws ``ChorusError/Code/invalidTopic`` when it is empty, longer than 255 bytes or has a
    /// control character (U+0000–U+001F, U+007F–U+009F).
    public init(_ name: some StringProtocol) throws(ChorusError) {
        let length = name.utf8.count
        guard length > 0 else { throw ChorusError(.invalidTopic, "a topic's name cannot be empty") }
        guard length <= TopicName.maximumLength else {
            throw ChorusError(
                .invalidTopic,
                "a topic's name is at most \(TopicName.maximumLength) bytes long, this one has \(length)"
            )
        }
        for scalar in name.unicodeScalars where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) {
            throw ChorusError(.invalidTopic, "a topic's name cannot contain control characters")
        }
        self.description = String(name)
    }

    /// - Parameter name: has been checked.
    init(known name: String) { description = name }

    /// The longest name, in bytes of UTF-8.
    public static let maximumLength = 255

    /// The part before the first `:`; `nil` when there is none.
    public var namespace: Substring? {
        description.utf8.firstIndex(of: UInt8(ascii: ":")).map { description[..<$0] }
    }
}
