# language: ja
機能: 番号による照会 | Asking by numbers

  背景:
    前提 日時は2026年4月1日9時30分である

  @id:all-numbers
  シナリオ: 証の番号がそろった照会 | All the numbers of the certificate
    もし 「見本診療所」が「無札七子」の資格を証の番号で照会する
    ならば 資格は有効と回答される [OQS-QUAL-01, OQS-FALL-08]
    かつ 回答の氏名は『無札　七子』である [OQS-QUAL-01]

  @id:without-branch
  シナリオ: 枝番がなくても一人に定まれば枝番が返る | Without a branch a unique match returns it
    もし 「見本診療所」が「無札七子」の資格を枝番なしの番号で照会する
    ならば 資格は有効と回答される [OQS-QUAL-13]
    かつ 回答の枝番は『01』である [OQS-QUAL-13]

  @id:twins-with-branch
  シナリオ: 枝番があれば双子も見分けられる | With a branch twins are told apart
    前提 「双子葵」は健康保険証の利用登録をしていない
    かつ 「双子茜」は健康保険証の利用登録をしていない
    もし 「見本診療所」が「双子茜」の資格を証の番号で照会する
    ならば 回答の氏名は『双子　茜』である [OQS-QUAL-24]

  @id:twins-without-branch @twin:query/twins-with-branch
  シナリオ: 枝番がなければ双子は複数該当になる | Without a branch twins are ambiguous
    前提 「双子葵」は健康保険証の利用登録をしていない
    かつ 「双子茜」は健康保険証の利用登録をしていない
    もし 「見本診療所」が「双子茜」の資格を枝番なしの番号で照会する
    ならば 資格は複数該当と回答される [OQS-QUAL-12]
    かつ 回答に個人の情報はない [OQS-QUAL-12]

  @id:wrong-birthdate @twin:query/all-numbers
  シナリオ: 生年月日が違えば該当しない | Another birth date matches nobody
    もし 「見本診療所」が「無札七子」の資格を誤った生年月日1957年7月18日で照会する
    ならば 資格は資格情報なしと回答される [OQS-QUAL-14]
    かつ 回答に個人の情報はない [OQS-QUAL-14]

  @id:old-numbers
  シナリオ: 以前の番号で照会すると、新しい資格があると分かる | Old numbers: replaced
    前提 新しい保険者が「転職次郎」の資格取得を2026年4月1日付けで届け出る
      | 保険者番号 | 保険者名         | 記号  | 番号    | 枝番 |
      | 99310019   | 架空共済組合     | 架11  | 0000911 | 00   |
    もし 「見本診療所」が「転職次郎」の資格を証の番号で照会する
    ならば 資格は無効・新しい資格ありと回答される [OQS-QUAL-10]

  @id:past-day
  シナリオ: 過去の日の資格を確かめる | A day in the past
    もし 「見本診療所」が「転職次郎」の2026年3月31日時点の資格を証の番号で照会する
    ならば 資格は有効と回答される [OQS-QUAL-15]
    もし 「見本診療所」が「転職次郎」の2026年4月1日時点の資格を証の番号で照会する
    ならば 資格は無効と回答される [OQS-QUAL-15, OQS-QUAL-16]

  # 受付の日に資格を確かめられなかった人が、その後に転職した
  @id:past-day-after-outage @twin:query/day-without-outage
  シナリオ: 障害から復旧したあとで受診日の資格を確かめる | The day of the visit, asked for after an outage
    前提 失効状態の応答サーバが応答しない
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付はシステムエラーで終わる [OQS-FALL-13]
    もし 保険者が「架空花子」の資格喪失を2026年4月3日付けで届け出る
    かつ 日時が2026年4月3日9時30分になる
    かつ 「見本診療所」が「架空花子」の2026年4月1日時点の資格を証の番号で照会する
    ならば 資格は有効と回答される [OQS-FALL-13]
    かつ 回答の氏名は『架空　花子』である [OQS-FALL-13]

  @id:day-without-outage
  シナリオ: 障害がなければ、その日のうちに確かめられる | Without an outage the day is confirmed at once
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-FALL-13]

  @id:backdated-loss
  シナリオ: さかのぼった喪失の届出は過去の日の回答を変える | A backdated loss changes a past day
    もし 「見本診療所」が「架空花子」の2026年3月15日時点の資格を証の番号で照会する
    ならば 資格は有効と回答される [OQS-INS-09]
    もし 保険者が「架空花子」の資格喪失を2026年3月10日付けで届け出る
    かつ 「見本診療所」が「架空花子」の2026年3月15日時点の資格を証の番号で照会する
    ならば 資格は無効と回答される [OQS-INS-09]

  @id:oral-consent
  シナリオ: 口頭の同意を得て限度額を照会する | The limit upon oral consent
    もし 「見本診療所」が「架空花子」の口頭同意を得て限度額とともに照会する
    ならば 限度額区分『A03』が回答される [OQS-LIM-04]

  @id:no-oral-consent @twin:query/oral-consent
  シナリオ: 口頭の同意がなければ限度額は回答されない | No oral consent, no limit
    もし 「見本診療所」が「架空花子」の資格を証の番号で照会する
    ならば 資格は有効と回答される [OQS-LIM-04]
    かつ 限度額区分は回答されない [OQS-LIM-03, OQS-LIM-04]

  @id:no-medical-information @twin:consent/drugs-after-visit
  シナリオ: 番号による照会では医療情報は提供されない | A number query opens no medical information
    もし 「見本診療所」が「架空花子」の資格を証の番号で照会する
    かつ 「見本診療所」が「架空花子」の薬剤情報を求める
    ならば 薬剤情報は提供されない [OQS-QUAL-32]

  @id:shift-jis
  シナリオ: Shift_JIS での照会 | The same in Shift_JIS
    もし 「仮名薬局」が「髙﨑試」の資格を証の番号で照会する
    ならば 回答の氏名は『髙﨑　試』である [OQS-MSG-05]
    かつ 回答の保険者番号は『990136』である [OQS-MSG-09]

  @id:stray-answer
  シナリオ: 別の依頼への回答が残っていても、自分の依頼への回答を読む | With an answer to another request still there, the own one is read
    もし 「見本診療所」が「仮名太郎」の資格を証の番号で照会する
    かつ 「見本診療所」への最後の回答が、別の依頼の名前で残っている
    かつ 「見本診療所」が「架空花子」の資格を証の番号で照会する
    ならば 回答の氏名は『架空　花子』である [OQS-MSG-15]
    かつ 回答の番号は『0001234』である [OQS-MSG-15]
