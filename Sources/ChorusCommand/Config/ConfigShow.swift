import ArgumentParser

/// `chorus config show`: every value that holds, and where it comes from.
struct ConfigShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show every setting that holds, and where it comes from.",
        discussion: """
            Takes the options of chorus serve, and shows what would hold with them.
            Secrets are not shown. Exits with 78 when something is wrong.

              chorus config show --config chorus.json --port 9000
            """
    )

    @OptionGroup var options: ServeOptions

    func run() async throws {
        let resolved = try await options.resolved()
        _ = try resolved.checked(for: ConfigShow.self)
        for line in resolved.lines { Console.print(line) }
    }
}

extension ResolvedConfiguration {
    /// A line for every setting: its key, its value as JSON, and where it comes from.
    package var lines: [String] {
        var rows = Settings.table.map { setting in
            row(setting.about, called: setting.about.key, setting.get(settings), otherwise: "default")
        }
        for namespace in settings.namespaces {
            rows += TopicSettings.table.map { setting in
                let key = "namespaces.\(namespace.name).\(setting.about.key)"
                return row(setting.about, called: key, setting.get(namespace), otherwise: "as topics")
            }
        }
        let named: [(String, String)] = [
            ("--publish", settings.named.publishable), ("--latest", settings.named.latest),
            ("--json", settings.named.json),
        ].filter { !$0.1.isEmpty }.map { ($0.0, $0.1.map(\.json).joined(separator: ", ")) }
        rows += named.map { (key: $0.0, value: $0.1, source: "option") }
        if settings.named.isClosed { rows.append((key: "--no-publish", value: "true", source: "option")) }
        let keyWidth = rows.map(\.key.count).max() ?? 0
        let valueWidth = min(40, rows.map(\.value.count).max() ?? 0)
        return rows.map { row in
            row.key.padded(to: keyWidth) + "  " + row.value.padded(to: valueWidth) + "  " + row.source
        }
    }

    private func row(
        _ setting: SettingDescription,
        called key: String,
        _ value: String?,
        otherwise standard: String
    ) -> (key: String, value: String, source: String) {
        let shown = value == nil ? "–" : setting.isSecret ? "(secret)" : value ?? ""
        return (key: key, value: shown, source: places[key]?.description ?? standard)
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
