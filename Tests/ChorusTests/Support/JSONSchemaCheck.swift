import ClientSupport

/// Holds values against JSON schemas (draft 2020-12), as far as OpenAPI documents here use that. Fields that an object
/// with `properties` does not name are a problem too: what is answered is to be described.
struct JSONSchemaCheck {
    /// Where `$ref` leads to.
    let document: JSON

    private static let known: Set = [
        "$ref", "type", "required", "properties", "additionalProperties", "minProperties", "maxProperties", "items",
        "anyOf", "minimum", "description",
    ]

    /// What is wrong with a value; nothing if it fits.
    func problems(_ value: JSON, _ schema: JSON, at path: String) -> [String] {
        let unknown = schema.fields.keys.filter { !Self.known.contains($0) }
        if !unknown.isEmpty { return ["\(path): the check does not know \(unknown)"] }
        if let name = schema["$ref"]?.string?.split(separator: "/").last {
            guard let target = document["components"]?["schemas"]?[String(name)] else { return ["\(path): no \(name)"] }
            return problems(value, target, at: path)
        }
        if let type = schema["type"]?.string, type != value.type, !(type == "number" && value.type == "integer") {
            return ["\(path) is no \(type): \(value)"]
        }
        var found: [String] = []
        if let choices = schema["anyOf"]?.elements {
            let all = choices.map { problems(value, $0, at: path) }
            if !all.contains([]) { found += all.joined() }
        }
        if case .number(let number) = value, case .number(let least)? = schema["minimum"], number < least {
            found.append("\(path) is below \(least)")
        }
        if case .array(let elements) = value, let items = schema["items"] {
            for (index, element) in elements.enumerated() { found += problems(element, items, at: "\(path)[\(index)]") }
        }
        if case .object(let fields) = value { found += problems(fields, schema, at: path) }
        return found
    }

    private func problems(_ fields: [String: JSON], _ schema: JSON, at path: String) -> [String] {
        var found: [String] = []
        for name in schema["required"]?.elements.compactMap(\.string) ?? [] where fields[name] == nil {
            found.append("\(path) has no \(name)")
        }
        if let least = schema["minProperties"]?.int, fields.count < least { found.append("\(path) has too little") }
        if let most = schema["maxProperties"]?.int, fields.count > most { found.append("\(path) has too much") }
        let properties = schema["properties"]?.fields
        for (name, value) in fields {
            if let property = properties?[name] {
                found += problems(value, property, at: "\(path).\(name)")
            } else if let other = schema["additionalProperties"], other != false {
                found += problems(value, other, at: "\(path).\(name)")
            } else if properties != nil {
                found.append("\(path) does not say that there may be \(name)")
            }
        }
        return found
    }
}

extension JSON {
    /// What a schema calls it.
    fileprivate var type: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number(let number): number.rounded() == number ? "integer" : "number"
        case .text: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
