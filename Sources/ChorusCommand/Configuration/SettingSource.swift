import Configuration
import JSONWire

/// Something that settings have values in, and how it calls them.
protocol SettingSource: Sendable {
    var snapshot: any ConfigSnapshot { get }
    /// Where a value stands.
    func place(of setting: SettingDescription, at path: [String]) -> SettingPlace
    /// A value as its source has it.
    func text(of setting: SettingDescription, at path: [String]) -> String
}

/// The options of the command line.
struct FlagSource: SettingSource {
    private let values: [String: ConfigContent]

    /// - Parameter values: by flag.
    init(_ values: [String: ConfigContent]) { self.values = values }

    var snapshot: any ConfigSnapshot {
        var keyed: [AbsoluteConfigKey: ConfigValue] = [:]
        for setting in Settings.table {
            guard let flag = setting.about.flag, let content = values[flag] else { continue }
            keyed[AbsoluteConfigKey(setting.about.path)] = ConfigValue(content, isSecret: setting.about.isSecret)
        }
        return InMemoryProvider(name: "options", values: keyed).snapshot()
    }

    func place(of setting: SettingDescription, at path: [String]) -> SettingPlace { .flag(setting.flag ?? setting.key) }

    func text(of setting: SettingDescription, at path: [String]) -> String {
        switch setting.flag.flatMap({ values[$0] }) {
        case .string(let text): text
        case .int(let number): "\(number)"
        case .bool(let flag): "\(flag)"
        case .stringArray(let texts): texts.joined(separator: ", ")
        default: ""
        }
    }
}

/// The environment's variables.
struct EnvironmentSource: SettingSource {
    /// All that begin with this are settings.
    static let prefix = "CHORUS_"

    let snapshot: any ConfigSnapshot
    private let variables: [String: String]

    /// - Parameter variables: an empty one counts as none.
    init(_ variables: [String: String]) {
        self.variables = variables
        var keyed: [String: String] = [:]
        for (name, value) in variables where name.hasPrefix(EnvironmentSource.prefix) && !value.isEmpty {
            keyed[String(name.dropFirst(EnvironmentSource.prefix.count))] = value
        }
        snapshot = EnvironmentVariablesProvider(environmentVariables: keyed).snapshot()
    }

    func place(of setting: SettingDescription, at path: [String]) -> SettingPlace { .environment(setting.variable) }

    func text(of setting: SettingDescription, at path: [String]) -> String {
        (variables[setting.variable] ?? "").quoted
    }
}

/// A file, or a part of one.
struct FileSource: SettingSource {
    let file: ConfigurationFile

    var snapshot: any ConfigSnapshot { file }

    func place(of setting: SettingDescription, at path: [String]) -> SettingPlace {
        file.root[path].map { file.place(of: $0.offset) } ?? .file(file.path, line: 1, column: 1)
    }

    func text(of setting: SettingDescription, at path: [String]) -> String {
        file.root[path].map { file.text(of: $0) } ?? ""
    }
}
