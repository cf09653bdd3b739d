/// What went wrong, with a code that programs can compare and a sentence for people.
///
/// Codes may be added in any release, so a `switch` over them needs a `default`.
public struct ChorusError: Error, Sendable {
    /// What kind of failure it is.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The code's name as it appears in logs and documentation.
        public let description: String

        private init(_ description: String) { self.description = description }

        /// A topic's name breaks the rules of ``TopicName``.
        public static let invalidTopic = Code("invalid_topic")
        /// More has been published than the readers' event loops have delivered; nothing was accepted.
        public static let overloaded = Code("overloaded")
        /// A value cannot be encoded as a message.
        public static let notEncodable = Code("not_encodable")
        /// A message is larger than its topic allows.
        public static let messageTooLarge = Code("message_too_large")
        /// The topic has no presence.
        public static let noPresence = Code("no_presence")
        /// There are more than were to be named.
        public static let tooMany = Code("too_many")
        /// The topic keeps no history.
        public static let noHistory = Code("no_history")
        /// The position is of another epoch; or, for a reader that wants all that came after it, some of that is not
        /// kept any more.
        public static let unrecoverablePosition = Code("unrecoverable_position")
        /// A reader fell behind by more than the topic's window.
        public static let overflow = Code("overflow")
        /// The address cannot be listened on.
        public static let cannotListen = Code("cannot_listen")
        /// A setting has no usable value.
        public static let invalidConfiguration = Code("invalid_configuration")
        /// A certificate or key cannot be read or used.
        public static let invalidCertificate = Code("invalid_certificate")
        /// A parameter that a handler requires is not in the request.
        public static let missingParameter = Code("missing_parameter")
    }

    /// What kind of failure it is.
    public let code: Code
    /// One sentence that says what failed and, where it helps, what to do.
    public let message: String
    /// The error that led to this one, if there is one.
    public let cause: (any Error)?

    /// Makes an error.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension ChorusError: CustomStringConvertible {
    /// The code, the sentence and the cause on one line.
    public var description: String {
        cause.map { "\(code): \(message) (\($0))" } ?? "\(code): \(message)"
    }
}
