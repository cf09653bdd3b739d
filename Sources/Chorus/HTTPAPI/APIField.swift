import JSONWire

/// A field of requests to the HTTP API: what it is called, what may stand there, and what it is for. What requests are
/// read with is also what the API's own description (``OpenAPIDocument``) is made of.
struct APIField<Value>: Sendable {
    let name: String
    let schema: JSONSchema
    /// What may stand there, as the error says it: "channel is a string".
    let rule: String
    let purpose: String
    /// `nil` for what may not stand there.
    let read: @Sendable (JSONValue) -> Value?

    init(
        _ name: String,
        _ schema: JSONSchema,
        rule: String,
        _ purpose: String,
        read: @escaping @Sendable (JSONValue) -> Value?
    ) {
        self.name = name
        self.schema = schema
        self.rule = rule
        self.purpose = purpose
        self.read = read
    }

    /// As a part of a method's description; it may be missing, or `null`, which is the same.
    var optional: JSONSchema.Property { .optional(name, .orNull(schema), purpose) }

    /// As a part of a method's description; a request without it is an error.
    var required: JSONSchema.Property { .field(name, schema, purpose) }
}

extension APIField<String> {
    static func string(
        _ name: String,
        pattern: String? = nil,
        longest: Int? = nil,
        _ purpose: String
    ) -> APIField {
        APIField(name, .string(pattern: pattern, longest: longest), rule: "is a string", purpose) { $0.string }
    }
}

extension APIField<Bool> {
    static func flag(_ name: String, _ purpose: String) -> APIField {
        APIField(name, .boolean, rule: "is true or false", purpose) { $0.bool }
    }
}

extension APIField where Value: FixedWidthInteger & Sendable {
    static func number(_ name: String, _ purpose: String) -> APIField {
        let least: Int64? = Value.isSigned ? nil : 0
        let rule = "is a whole number, \(Value.min) to \(Value.max)"
        return APIField(name, .integer(from: least), rule: rule, purpose) { $0.integer() }
    }
}

extension APIField<[JSONValue]> {
    static func array(_ name: String, of element: JSONSchema, _ purpose: String) -> APIField {
        APIField(name, .array(of: element), rule: "is an array", purpose) { $0.elements }
    }
}

extension APIField<[String]> {
    static func strings(_ name: String, _ purpose: String) -> APIField {
        APIField(name, .array(of: .string()), rule: "is an array of strings", purpose) { value in
            value.elements.flatMap { elements in
                let strings = elements.compactMap(\.string)
                return strings.count == elements.count ? strings : nil
            }
        }
    }
}

extension APIField<[String: String]> {
    static func labels(_ name: String, _ purpose: String) -> APIField {
        APIField(name, .map(of: .string()), rule: "is an object of strings", purpose) { value in
            value.fields.flatMap { fields in
                let labels = fields.compactMap { field in field.value.string.map { (field.name, $0) } }
                return labels.count == fields.count ? Dictionary(labels) { $1 } : nil
            }
        }
    }
}

extension APIField<APIParameters> {
    static func object(_ name: String, _ properties: [JSONSchema.Property], _ purpose: String) -> APIField {
        APIField(name, .object(properties), rule: "is an object", purpose) { APIParameters($0) }
    }
}
