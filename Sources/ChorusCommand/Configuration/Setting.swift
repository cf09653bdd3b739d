import Configuration

/// One setting of the server: what it is called everywhere, what it can be, and what it is for. Everything that has to
/// do with settings is made from these: reading and checking, flags' help, the commented file, the JSON Schema and the
/// reference in the documentation.
struct Setting<Root: Sendable>: Sendable {
    let about: SettingDescription
    /// As what a source is asked for it; the first that it has counts.
    let asked: [ConfigType]
    /// Puts it into its place; `false` for what makes no sense.
    let set: @Sendable (ConfigContent, inout Root) -> Bool
    /// What it is now, as JSON; `nil` when there is no value.
    let get: @Sendable (Root) -> String?
    /// Puts what the first has into its place in the second.
    let copy: @Sendable (Root, inout Root) -> Void

    /// - Parameters:
    ///   - key: the names that lead to it in a file, with dots between them.
    ///   - path: where it is kept.
    ///   - type: what it can be.
    ///   - flag: the option of `chorus serve` that says the same, if there is one.
    ///   - isSecret: whether its value is never to be shown.
    ///   - isLive: whether a running server can take a new value.
    ///   - purpose: what it is for: sentences.
    init<Value>(
        _ key: String,
        _ path: any WritableKeyPath<Root, Value> & Sendable,
        _ type: SettingType<Value>,
        flag: String? = nil,
        isSecret: Bool = false,
        isLive: Bool = true,
        _ purpose: String
    ) {
        self.init(
            about: SettingDescription(
                key: key,
                flag: flag,
                isSecret: isSecret,
                isLive: isLive,
                purpose: purpose,
                meaning: type.meaning,
                schema: type.schema,
                isList: type.asked == [.stringArray]
            ),
            asked: type.asked
        ) { content, root in
            guard let value = type.read(content) else { return false }
            root[keyPath: path] = value
            return true
        } get: {
            type.write($0[keyPath: path])
        } copy: {
            $1[keyPath: path] = $0[keyPath: path]
        }
    }

    private init(
        about: SettingDescription,
        asked: [ConfigType],
        set: @escaping @Sendable (ConfigContent, inout Root) -> Bool,
        get: @escaping @Sendable (Root) -> String?,
        copy: @escaping @Sendable (Root, inout Root) -> Void
    ) {
        self.about = about
        self.asked = asked
        self.set = set
        self.get = get
        self.copy = copy
    }

    /// The same setting of a part of something.
    ///
    /// - Parameters:
    ///   - group: the name that leads to the part.
    ///   - path: where the part is kept.
    func within<Whole>(_ group: String, _ path: any WritableKeyPath<Whole, Root> & Sendable) -> Setting<Whole> {
        Setting<Whole>(about: about.within(group), asked: asked) { content, whole in
            set(content, &whole[keyPath: path])
        } get: {
            get($0[keyPath: path])
        } copy: {
            copy($0[keyPath: path], &$1[keyPath: path])
        }
    }
}

/// What there is to say of a setting, whatever its type.
struct SettingDescription: Hashable, Sendable {
    /// The names that lead to it in a file, with dots between them.
    var key: String
    let flag: String?
    let isSecret: Bool
    let isLive: Bool
    let purpose: String
    let meaning: String
    let schema: String
    let isList: Bool

    var path: [String] { key.split(separator: ".").map(String.init) }

    /// The environment variable that says the same.
    var variable: String { "CHORUS_" + key.uppercased().replacing(".", with: "_") }

    func within(_ group: String) -> SettingDescription {
        var about = self
        about.key = "\(group).\(key)"
        return about
    }
}
