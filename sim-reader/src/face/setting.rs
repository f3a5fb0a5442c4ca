//! The conditions that have a name, one thing made hard at a time.

use super::Conditions;

/// A named set of conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    /// Somebody who looks into the camera in a well-lit room.
    Clean,
    /// A window at one side, somebody in a hurry.
    Poor,
    /// The head turned, near or far, off the middle.
    Pose,
    /// Too dark, too bright, light from one side.
    Light,
    /// Out of focus.
    Blur,
    /// A weak sensor.
    Noise,
    /// A photo of eight to ten years ago.
    Age,
    /// Glasses on that the photo does not show, or the other way round.
    Glasses,
    /// A mask over nose and mouth.
    Mask,
    /// Clean, but every impostor is a twin.
    Twins,
}

impl Setting {
    /// Every setting.
    pub const ALL: [Self; 10] = [
        Self::Clean,
        Self::Poor,
        Self::Pose,
        Self::Light,
        Self::Blur,
        Self::Noise,
        Self::Age,
        Self::Glasses,
        Self::Mask,
        Self::Twins,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Poor => "poor",
            Self::Pose => "pose",
            Self::Light => "light",
            Self::Blur => "blur",
            Self::Noise => "noise",
            Self::Age => "age",
            Self::Glasses => "glasses",
            Self::Mask => "mask",
            Self::Twins => "twins",
        }
    }

    /// Conditions of this setting; the seed decides what exactly happens.
    pub fn conditions(self, seed: u64) -> Conditions {
        let clean = Conditions::clean(seed);
        match self {
            Self::Clean | Self::Twins => clean,
            Self::Poor => Conditions::poor(seed),
            Self::Pose => Conditions { pose: 1.0, ..clean },
            Self::Light => Conditions { light: 1.0, ..clean },
            Self::Blur => Conditions { blur: 1.0, ..clean },
            Self::Noise => Conditions { noise: 1.0, ..clean },
            Self::Age => Conditions { years: 9.0, ..clean },
            Self::Glasses => Conditions { glasses: true, ..clean },
            Self::Mask => Conditions { mask: true, ..clean },
        }
    }
}

impl std::str::FromStr for Setting {
    type Err = UnknownSetting;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|setting| setting.name() == name).ok_or(UnknownSetting)
    }
}

/// There is no setting of this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "no such condition; there are clean, poor, pose, light, blur, noise, age, glasses, mask and twins"
)]
pub struct UnknownSetting;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_is_found_by_its_name_and_named_when_none_is() {
        for setting in Setting::ALL {
            assert_eq!(setting.name().parse(), Ok(setting));
            assert!(UnknownSetting.to_string().contains(setting.name()));
        }
        assert_eq!("fog".parse::<Setting>(), Err(UnknownSetting));
    }
}
