/// One header field of an HTTP/1.1 message, as it was sent (RFC 9110 section 5).
public struct HTTPHeaderField: Sendable, Hashable {
    /// The name; its case means nothing.
    public var name: String
    /// The value without the white space around it.
    public var value: String

    /// A field with `name` and `value`.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

extension [HTTPHeaderField] {
    /// Whether `token` is an element of the list called `name`, whatever the case.
    func contains(_ token: String, in name: String) -> Bool {
        contains { field in
            field.name.equalsIgnoringCase(name)
                && field.value.utf8.split(separator: UInt8(ascii: ",")).contains { element in
                    Substring(element).trimmingBlanks().equalsIgnoringCase(token)
                }
        }
    }

    /// The values of all fields called `name`, whatever the case, in the order they were sent.
    func values(_ name: String) -> [String] {
        compactMap { field in field.name.equalsIgnoringCase(name) ? field.value : nil }
    }

    /// The value of the first field called `name`.
    func first(_ name: String) -> String? {
        first { field in field.name.equalsIgnoringCase(name) }?.value
    }

    /// The elements of a comma-separated list that may be spread over several fields (RFC 9110 section 5.6.1). Not
    /// for lists with quoted strings.
    func elements(_ name: String) -> [Substring] {
        values(name).flatMap { value in
            value.utf8.split(separator: UInt8(ascii: ",")).map { Substring($0).trimmingBlanks() }.filter { !$0.isEmpty }
        }
    }
}
