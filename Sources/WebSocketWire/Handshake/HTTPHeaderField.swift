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
    /// How many fields are called `name`, whatever the case.
    func count(_ name: String) -> Int {
        count { field in field.name.equalsIgnoringCase(name) }
    }

    /// The value of the first field called `name`.
    func first(_ name: String) -> String? {
        first { field in field.name.equalsIgnoringCase(name) }?.value
    }

    /// The value of the field called `name`, if it is there exactly once.
    func only(_ name: String) -> String? {
        count(name) == 1 ? first(name) : nil
    }

    /// The values of all fields called `name`, whatever the case, in the order they were sent.
    func values(_ name: String) -> [String] {
        compactMap { field in field.name.equalsIgnoringCase(name) ? field.value : nil }
    }

    /// Whether `token` is an element of the list called `name`, whatever the case.
    func contains(_ token: String, in name: String) -> Bool {
        contains { field in
            field.name.equalsIgnoringCase(name)
                && ListElements(field.value).contains { element in element.equalsIgnoringCase(token) }
        }
    }

    /// The elements of a comma-separated list that may be spread over several fields (RFC 9110 section 5.6.1). Not
    /// for lists with quoted strings.
    func elements(_ name: String) -> [Substring] {
        values(name).flatMap { ListElements($0) }
    }
}

/// The elements of one comma-separated list, without those that are empty.
private struct ListElements: Sequence, IteratorProtocol {
    private var rest: Substring

    init(_ list: String) { rest = list[...] }

    mutating func next() -> Substring? {
        while !rest.isEmpty {
            let comma = rest.utf8.firstIndex(of: UInt8(ascii: ","))
            let element = rest[..<(comma ?? rest.endIndex)].trimmingBlanks()
            rest = comma.map { rest[rest.utf8.index(after: $0)...] } ?? rest[rest.endIndex...]
            if !element.isEmpty { return element }
        }
        return nil
    }
}
