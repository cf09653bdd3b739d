/// Names that a browser resolves to this machine whatever anybody's DNS says.
package enum HostName {
    /// Whether a `Host` header names this machine: `localhost`, a name under it, or a loopback address.
    package static func isLoopback(_ host: String) -> Bool {
        var name = Substring(host.lowercased())
        if name.hasPrefix("[") {
            let parts = name.dropFirst().split(separator: "]", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[1].isEmpty || parts[1].hasPrefix(":") else { return false }
            name = parts[0]
        } else if let colon = name.lastIndex(of: ":") {
            name = name[..<colon]
        }
        return name == "localhost" || name.hasSuffix(".localhost") || IPAddress(name)?.isLoopback ?? false
    }
}
