//! `cidr`, and exact values that are IP addresses: EventBridge compares both as addresses.
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::PatternError;

/// The address that `text` is, as EventBridge reads it.
///
/// IPv4 in four decimal parts (leading zeros allowed), IPv6 without a dotted part; an IPv4-mapped
/// IPv6 address is the IPv4 address.
pub(crate) fn parse(text: &str) -> Option<IpAddr> {
    if is_dotted(text) {
        return dotted(text).map(IpAddr::V4);
    }
    let address: Ipv6Addr = text.parse().ok().filter(|_| is_colons(text))?;
    Some(address.to_ipv4_mapped().map_or(IpAddr::V6(address), IpAddr::V4))
}

fn is_dotted(text: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split('.').count() == 4 && text.split('.').all(is_number)
}

fn dotted(text: &str) -> Option<Ipv4Addr> {
    let parts: Option<Vec<u8>> = text.split('.').map(|part| part.parse().ok()).collect();
    Some(Ipv4Addr::from(<[u8; 4]>::try_from(parts?).ok()?))
}

fn is_colons(text: &str) -> bool {
    text.contains(':') && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':')
}

/// A block of addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    net: IpNet,
    /// As the user wrote it.
    pub text: String,
}

impl Block {
    /// Reads `address/bits`. Bits of the address below the mask are ignored.
    pub(crate) fn parse(text: &str, at: usize) -> Result<Self, PatternError> {
        let refuse = |reason: String, help: &str| Err(PatternError::new(at, reason).help(help));
        let mut parts = text.trim_end_matches('/').split('/');
        let (Some(address), Some(bits), None) = (parts.next(), parts.next(), parts.next()) else {
            let help = "write an address and a number of bits: `10.0.0.0/8`; a single address is an \
                        exact value: `[\"10.0.0.1\"]`";
            return refuse("Malformed CIDR, one '/' required".to_owned(), help);
        };
        let Ok(bits) = bits.parse::<i32>() else {
            let reason = "Malformed CIDR, mask bits must be an integer".to_owned();
            return refuse(reason, "write the mask as a number of bits: `10.0.0.0/8`");
        };
        if bits < 0 {
            let reason = "Malformed CIDR, mask bits must not be negative".to_owned();
            return refuse(reason, "write the mask as a number of bits: `10.0.0.0/8`");
        }
        let Some(ip) = parse(address) else {
            let kind =
                if is_dotted(address) || is_colons(address) { "Invalid" } else { "Nonstandard" };
            let help = "write an IPv4 address in four decimal parts, or an IPv6 address";
            return refuse(format!("{kind} IP address: {address}"), help);
        };
        let net = u8::try_from(bits).ok().and_then(|bits| IpNet::new(ip, bits).ok());
        match net.filter(|net| net.prefix_len() < net.max_prefix_len()) {
            Some(net) => Ok(Self { net, text: text.to_owned() }),
            None => {
                let (version, most) = if ip.is_ipv4() { (4, 32) } else { (6, 128) };
                let help = "a single address is an exact value: `[\"10.0.0.1\"]`";
                refuse(format!("IPv{version} mask bits must be < {most}"), help)
            }
        }
    }

    /// The addresses of the block.
    pub(crate) fn net(&self) -> IpNet {
        self.net
    }

    /// Whether the block holds the address that `text` is; never when it is none.
    pub(crate) fn holds(&self, text: &str) -> bool {
        parse(text).is_some_and(|address| self.net.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, parse};

    #[test]
    fn addresses_are_read_as_eventbridge_reads_them() {
        assert_eq!(parse("010.0.0.1"), parse("10.0.0.1"));
        assert_eq!(parse("0:0::1"), parse("::1"));
        assert_eq!(parse("::ffff:a00:1"), parse("10.0.0.1"));
        assert!(parse("10.0.0.1").is_some() && parse("2001:db8::").is_some());
        for text in ["10.0.0", "10.0.0.256", "::ffff:10.0.0.1", "12:30", "", "1.2.3.x"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_block_ignores_the_bits_below_its_mask() {
        let block = Block::parse("10.0.0.77/24", 0).expect("a block");
        assert!(block.holds("10.0.0.0") && block.holds("10.0.0.255"));
        assert!(!block.holds("10.0.1.0") && !block.holds("x") && !block.holds("::1"));
        let all = Block::parse("::/0", 0).expect("a block");
        assert!(all.holds("ff::") && !all.holds("1.2.3.4"));
    }
}
